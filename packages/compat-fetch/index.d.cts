export { captureFetchGlobal, captureFetchModule, enableCapture } from '@fluoroscope/sdk';
