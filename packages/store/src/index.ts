export * from './condition.ts';
export { graphPeriods } from './graph-periods.ts';
export { addHistograms, toHistogram } from './histogram.ts';
export * from './limits.ts';
export * from './matches-condition.ts';
export * from './memory-store.ts';
export * from './outcomes.ts';
export { sumByDay } from './stored-days.ts';
export * from './trace-store.ts';
