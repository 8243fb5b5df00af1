export * from '@fluoroscope/compat-core';
export { captureMySQL, capturePostgres } from '@fluoroscope/sdk';
export * as express from '@fluoroscope/compat-express';
