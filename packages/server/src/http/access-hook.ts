import type { IncomingMessage } from 'node:http';
import { ApiError } from '@fluoroscope/api';
import { OPERATIONS, type OperationName } from '@fluoroscope/api/operations';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { AuditEntry } from '../access/audit-log.ts';
import type { Caller } from '../access/gate.ts';
import { isChange, isIngest } from '../access/scopes.ts';
import type { ListenKey } from '../access/unsafe-listen.ts';
import type { RequestName } from '../events.ts';
import type { BodyReader } from './request-body.ts';
import { requestNameOf } from './request-name.ts';

/** What routes ask of the hook. */
export interface RequestAccess {
  /** For an operation, once its input is known: throws when its caller may not. */
  readonly authorize: (request: FastifyRequest, name: OperationName, input: unknown) => void;
  /** What is changed, for the audit log. */
  readonly setResource: (request: FastifyRequest, label: string) => void;
  /** Who asks; throws before that is known. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** The caller is still who it was when it asked; for answers that go on. */
  readonly stillHolds: (request: FastifyRequest) => () => boolean;
}

interface Known {
  caller: Caller | null;
  resource: string | null;
}

const STRANGER = 'unknown';

/**
 * Finds out who asks before a route's handler runs, a signed body read and checked included. Our own calls are
 * authorized here too; operations in their route, since a policy may be about what their input names.
 */
export function addAccessHook(
  app: FastifyInstance,
  access: Access,
  bodies: BodyReader,
  listen: ListenKey = 'httpListen',
): RequestAccess {
  const { gate, nameResource } = access;
  const known = new WeakMap<IncomingMessage, Known>();

  async function identify(request: FastifyRequest, reply: FastifyReply, name: RequestName): Promise<Caller> {
    const { method, url, rawHeaders } = request.raw;
    const address = addressOf(request);
    const identification = gate.identify({
      name,
      listen,
      method: method ?? '',
      url: url ?? '',
      rawHeaders,
      address,
      hasBody: hasBody(request.raw),
    });
    if ('caller' in identification) return identification.caller;
    return identification.confirm(await bodies.hold(request.raw, reply.raw));
  }

  app.addHook('onRequest', async (request, reply) => {
    const name = requestNameOf(request);
    const entry: Known = { caller: null, resource: null };
    known.set(request.raw, entry);
    try {
      entry.caller = await identify(request, reply, name);
    } catch (error) {
      throttle(access, name, addressOf(request));
      if (error instanceof ApiError && error.status === 401) void reply.header('www-authenticate', 'Bearer');
      throw error;
    }
    throttle(access, name, entry.caller.kind === 'key' ? entry.caller.key.id : addressOf(request));
    if (isOperation(name)) return;
    // A policy about segments is about spans too.
    const action = isIngest(name) ? actionOf('put-trace-segments') : null;
    gate.authorize(entry.caller, { name, action, resource: null });
  });

  app.addHook('onSend', (request, reply, _payload, done) => {
    const entry = known.get(request.raw);
    // What the guard refused never was a request of anybody.
    if (entry === undefined || !isChange(requestNameOf(request))) done();
    else access.audit.record(auditEntryOf(request, reply, entry)).then(() => done(), done);
  });

  return {
    authorize(request, name, input) {
      const entry = known.get(request.raw);
      if (entry?.caller == null) throw new Error('a request reached its route without a caller');
      const { arn, label } = nameResource(input);
      entry.resource = label;
      gate.authorize(entry.caller, { name, action: actionOf(name), resource: arn });
    },
    setResource(request, label) {
      const entry = known.get(request.raw);
      if (entry !== undefined) entry.resource = label;
    },
    callerOf(request) {
      const caller = known.get(request.raw)?.caller;
      if (caller == null) throw new Error('a request reached its route without a caller');
      return caller;
    },
    stillHolds(request) {
      const caller = known.get(request.raw)?.caller;
      const { rawHeaders } = request.raw;
      return () => caller != null && gate.isValid(caller, { rawHeaders });
    },
  };
}

function throttle({ rateLimit }: Access, name: RequestName, who: string): void {
  const waitSeconds = name === 'health' ? null : rateLimit.take(who);
  if (waitSeconds === null) return;
  throw new ApiError('ThrottledException', 'Rate exceeded', { retryAfterSeconds: waitSeconds });
}

function auditEntryOf(request: FastifyRequest, reply: FastifyReply, { caller, resource }: Known): AuditEntry {
  const name = requestNameOf(request);
  const address = addressOf(request);
  return {
    by: caller?.kind === 'key' ? caller.key.id : address,
    address,
    operation: isOperation(name) ? actionOf(name) : name,
    resource,
    outcome: reply.statusCode < 400 ? 'done' : String(reply.getHeader('x-amzn-errortype') ?? reply.statusCode),
  };
}

function isOperation(name: RequestName): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/** put-trace-segments: PutTraceSegments */
function actionOf(name: OperationName): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

function addressOf(request: FastifyRequest): string {
  return request.raw.socket.remoteAddress ?? STRANGER;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
