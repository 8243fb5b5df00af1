import { parentPort, workerData } from 'node:worker_threads';
import { layoutMap, placeNodes } from '@fluoroscope/query';
import type { LayoutJob } from './map-layout.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map-layout.ts starts this thread, and nobody else
const { kept, services } = workerData as LayoutJob;
const positions = kept === null ? layoutMap(services) : placeNodes(kept, services);
parentPort?.postMessage(positions, []);
