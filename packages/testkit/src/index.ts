export * from './corpus.ts';
export * from './trace.ts';
