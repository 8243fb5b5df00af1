export * from './cjs/dist/index.js';
