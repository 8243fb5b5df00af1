export { capturePostgres } from '@fluoroscope/sdk';
