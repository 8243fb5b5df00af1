export * from './corpus.ts';
export * from './fault-proxy.ts';
export * from './mesh.ts';
export * from './trace.ts';
