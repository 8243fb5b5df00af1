import type { koa } from '@fluoroscope/sdk';

export const openSegment: typeof koa.openSegment;
