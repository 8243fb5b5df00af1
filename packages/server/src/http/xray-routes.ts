import { ApiError } from '@fluoroscope/api';
import {
  OPERATION_NAMES,
  OPERATIONS,
  parseInput,
  type InputOf,
  type Operation,
  type OperationName,
} from '@fluoroscope/api/operations';
import { JSONL_PORT_HEADER } from '@fluoroscope/pipeline';
import type { FastifyInstance } from 'fastify';
import type { Handler, Handlers } from '../operations/handler.ts';
import type { RequestAccess } from './access-hook.ts';
import { askedBy } from './asked-by.ts';
import { printAnswer, sendPrinted } from './print-answer.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface XrayRoutesOptions {
  readonly handlers: Handlers;
  readonly bodies: BodyReader;
  readonly access: Pick<RequestAccess, 'authorize'>;
  /** Of this process; null when it takes no datagrams, or not yet. */
  readonly udpPort: () => number | null;
}

/** SDKs ask them again and again, of the process that their datagrams go to. */
const ASKED_BY_SENDERS: ReadonlySet<OperationName> = new Set(['get-sampling-rules', 'get-sampling-targets']);

const HAVE_HISTOGRAMS: ReadonlySet<OperationName> = new Set([
  'get-retrieved-traces-graph',
  'get-service-graph',
  'get-time-series-service-statistics',
  'get-trace-graph',
]);

/** May look at all there is; each for itself, so that one that nobody waits for any more is given up. */
const SEARCHES: ReadonlySet<OperationName> = new Set(['get-trace-summaries']);

/** Every operation by POST on its own path, and on no other (XRAY-SPEC §4.1). */
export function addXrayRoutes(app: FastifyInstance, options: XrayRoutesOptions): void {
  for (const name of OPERATION_NAMES) {
    addRoute(app, OPERATIONS[name], options);
  }
}

function addRoute<Name extends OperationName>(
  app: FastifyInstance,
  { name, path, input: schema }: Operation<Name, InputOf<Name>>,
  { handlers, bodies, access, udpPort }: XrayRoutesOptions,
): void {
  const handler: Handler<Name> = handlers[name];
  app.post(path, { config: nameRequest(name) }, async (request, reply) => {
    const input = parseInput(schema, await bodies.read(request.raw, reply.raw));
    access.authorize(request, name, input.ok ? input.value : null);
    if (!input.ok) throw new ApiError('InvalidRequestException', input.problem);
    const { value } = input;
    const output = await (SEARCHES.has(name) ? askedBy(reply, (signal) => handler(value, signal)) : handler(value));
    void reply.type('application/json').header('cache-control', 'no-store');
    const port = ASKED_BY_SENDERS.has(name) ? udpPort() : null;
    if (port !== null) void reply.header(JSONL_PORT_HEADER, port);
    return HAVE_HISTOGRAMS.has(name)
      ? sendPrinted(reply, await printAnswer(output))
      : reply.send(JSON.stringify(output));
  });
}
