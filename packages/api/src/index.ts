export * from './console.ts';
export * from './control-shapes.ts';
export * from './errors.ts';
export * from './insight-shapes.ts';
export * from './retrieval-shapes.ts';
export * from './sampling-shapes.ts';
export * from './shapes.ts';
