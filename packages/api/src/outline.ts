export * from './outline/encode.ts';
export * from './outline/format.ts';
export * from './outline/read.ts';
