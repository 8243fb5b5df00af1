import type { FastifyOptions, Segment } from '@fluoroscope/sdk';
import type { FastifyPluginAsync } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    segment?: Segment;
  }
}

export type XRayFastifyPluginOptions = FastifyOptions;

declare const xRayFastifyPlugin: FastifyPluginAsync<XRayFastifyPluginOptions>;
// oxlint-disable-next-line import/no-default-export -- the official one has it
export default xRayFastifyPlugin;
