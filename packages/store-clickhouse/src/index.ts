export { openClickHouseStore, type ClickHouseStoreOptions } from './open.ts';
export { parseStoreUrl, type StorePlace, type StoreUrlProblem } from './store-url.ts';
