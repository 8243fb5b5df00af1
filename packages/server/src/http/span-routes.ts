import {
  handleOtlpHttp,
  OTLP_HTTP_PATH,
  type JaegerReceiver,
  type OtlpReceiverOptions,
  type SpanAnswer,
  type SpanRequest,
  type ZipkinReceiver,
} from '@fluoroscope/pipeline';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { headerValues } from '../access/canonical-request.ts';
import type { SpanChannel } from '../events.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

/** One of each dialect. They reject with ApiError for what the sender is told. */
export interface SpanReceivers {
  readonly otlp: OtlpReceiverOptions;
  readonly zipkin: ZipkinReceiver;
  readonly jaeger: JaegerReceiver;
}

/** By POST. */
export const SPAN_PATHS: { readonly [Dialect in SpanChannel]: readonly string[] } = {
  otlp: [OTLP_HTTP_PATH],
  zipkin: ['/api/v1/spans', '/api/v2/spans'],
  jaeger: ['/api/traces'],
};

export interface SpanRoutesOptions {
  readonly receivers: SpanReceivers;
  readonly bodies: BodyReader;
  readonly dialects: readonly SpanChannel[];
}

/** Spans by HTTP, answered once they are durable. */
export function addSpanRoutes(app: FastifyInstance, { receivers, bodies, dialects }: SpanRoutesOptions): void {
  const take: { readonly [Dialect in SpanChannel]: (path: string) => void } = {
    otlp(path) {
      app.post(path, { config: nameRequest('otlp-traces') }, async (request, reply) => {
        const { status, headers, body } = await handleOtlpHttp(
          await readSpanRequest(path, request, reply),
          receivers.otlp,
        );
        return reply.status(status).headers(headers).send(body);
      });
    },
    zipkin(path) {
      app.post(path, { config: nameRequest('zipkin-spans') }, async (request, reply) =>
        sendAnswer(reply, await receivers.zipkin(await readSpanRequest(path, request, reply))),
      );
    },
    jaeger(path) {
      app.post(path, { config: nameRequest('jaeger-spans') }, async (request, reply) =>
        sendAnswer(reply, await receivers.jaeger.receive(await readSpanRequest(path, request, reply))),
      );
    },
  };

  async function readSpanRequest(path: string, request: FastifyRequest, reply: FastifyReply): Promise<SpanRequest> {
    const header = (name: string): string | undefined => headerValues(request.raw.rawHeaders, name)[0];
    return {
      path,
      contentType: header('content-type'),
      contentEncoding: header('content-encoding'),
      body: await bodies.bytes(request.raw, reply.raw),
    };
  }

  for (const dialect of dialects) for (const path of SPAN_PATHS[dialect]) take[dialect](path);
}

function sendAnswer(reply: FastifyReply, { status, text }: SpanAnswer): FastifyReply {
  return reply.status(status).type('text/plain; charset=utf-8').send(text);
}
