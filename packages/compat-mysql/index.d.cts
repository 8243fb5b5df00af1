export { captureMySQL } from '@fluoroscope/sdk';
