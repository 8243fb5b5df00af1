export * from './latency-bucket.ts';
export * from './outcome.ts';
export * from './result.ts';
export * from './segment-document.ts';
export * from './segment-id.ts';
export * from './service-key.ts';
export * from './time.ts';
export * from './trace-id.ts';
