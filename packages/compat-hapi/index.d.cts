import type { FrameworkOptions, Segment } from '@fluoroscope/sdk';
import type { Plugin } from '@hapi/hapi';

declare module '@hapi/hapi' {
  interface Request {
    segment?: Segment;
  }
}

export const plugin: Plugin<FrameworkOptions> & { name: string; version: string };
