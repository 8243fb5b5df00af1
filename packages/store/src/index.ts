export * from './condition.ts';
export * from './limits.ts';
export * from './trace-store.ts';
