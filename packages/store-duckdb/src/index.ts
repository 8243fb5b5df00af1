export { checkStore, type StoreProblem } from './check.ts';
export { describeStore, type SliceDescription, type StoreDescription, type TableDescription } from './describe.ts';
export { holdDataFolder } from './hold-data-folder.ts';
export { openDuckDbStore, type DuckDbStoreEvents, type DuckDbStoreOptions } from './open.ts';
export type { StoppedStoreOptions } from './stopped-store.ts';
