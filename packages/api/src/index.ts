export * from './console.ts';
export * from './errors.ts';
export * from './sampling-shapes.ts';
export * from './shapes.ts';
