import { Readable } from 'node:stream';
import { ApiError } from '@fluoroscope/api';
import { parseTraceId, type TraceId } from '@fluoroscope/model';
import type { FastifyInstance } from 'fastify';
import { createTraceOutlines, type TraceOutlineOptions } from '../operations/trace-outline.ts';
import { nameRequest } from './request-name.ts';

interface TraceParams {
  readonly id: string;
}

interface DocumentParams extends TraceParams {
  readonly place: string;
}

/**
 * What the console's page of one trace asks:
 *
 *   GET /api/traces/<id>/outline             → the frames of `@fluoroscope/api/outline`, as they are read
 *   GET /api/traces/<id>/documents/<place>   → one document, as JSON
 */
export function addTraceRoutes(app: FastifyInstance, options: TraceOutlineOptions): void {
  const outlines = createTraceOutlines(options);

  app.get<{ Params: TraceParams }>(
    '/api/traces/:id/outline',
    { config: nameRequest('trace-outline'), exposeHeadRoute: false },
    async (request, reply) => {
      const frames = await outlines.read(readId(request.params.id));
      if (frames === null) throw unknownTrace();
      void reply.type('application/octet-stream').header('cache-control', 'no-store');
      return reply.send(Readable.from(frames));
    },
  );

  app.get<{ Params: DocumentParams }>(
    '/api/traces/:id/documents/:place',
    { config: nameRequest('trace-document'), exposeHeadRoute: false },
    async (request, reply) => {
      const { id, place } = request.params;
      if (!/^\d{1,9}$/.test(place)) throw new ApiError('InvalidRequestException', 'place: expected a whole number');
      const document = await outlines.readDocument(readId(id), Number(place));
      if (document === null) throw unknownTrace();
      void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
      return reply.send(document);
    },
  );
}

function readId(text: string): TraceId {
  const id = parseTraceId(text);
  if (!id.ok) throw new ApiError('InvalidRequestException', 'the trace id is none');
  return id.value;
}

function unknownTrace(): ApiError {
  return new ApiError('ResourceNotFoundException', 'this trace, or this document of it, is not stored');
}
