export * from './corpus.ts';
export * from './mesh.ts';
export * from './trace.ts';
