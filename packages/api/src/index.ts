export * from './console.ts';
export * from './shapes.ts';
