import type { restify } from '@fluoroscope/sdk';

export const enable: typeof restify.enable;
