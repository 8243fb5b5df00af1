export { openDuckDbStore, type DuckDbStoreOptions } from './open.ts';
