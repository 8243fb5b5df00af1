import { ApiError, KEY_NAME_CHARS_MAX, KEY_SCOPES, type NewKeyInput, type SessionAnswer } from '@fluoroscope/api';
import type { EncryptionAnswer, SamplingAnswer, TrustAnswer } from '@fluoroscope/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { KEY_ID } from '../access/access-key.ts';
import { isLoopback } from '../host.ts';
import type { RequestAccess } from './access-hook.ts';
import { readInput } from './map-routes.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface AdministrationRoutesOptions {
  readonly access: Pick<Access, 'keys'>;
  readonly requestAccess: Pick<RequestAccess, 'callerOf' | 'setResource'>;
  readonly bodies: BodyReader;
  readonly readSampling: () => Promise<SamplingAnswer>;
  readonly readTrust: () => Promise<TrustAnswer>;
  readonly readEncryption: () => EncryptionAnswer;
}

export const newKey: z.ZodType<NewKeyInput> = z.object({
  name: z.string().max(KEY_NAME_CHARS_MAX),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1, 'expected at least one').max(KEY_SCOPES.length),
});

/** What the console's settings ask (api/src/administration.ts). */
export function addAdministrationRoutes(app: FastifyInstance, options: AdministrationRoutesOptions): void {
  const { access, requestAccess, bodies, readSampling, readTrust, readEncryption } = options;

  app.get('/api/session', { config: nameRequest('session') }, async (request, reply): Promise<SessionAnswer> => {
    void reply.header('cache-control', 'no-store');
    const caller = requestAccess.callerOf(request);
    return caller.kind === 'key'
      ? { keyId: caller.key.id, scopes: caller.key.scopes }
      : { keyId: null, scopes: KEY_SCOPES };
  });

  app.get('/api/sampling', { config: nameRequest('sampling-activity') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return readSampling();
  });

  app.get('/api/encryption', { config: nameRequest('encryption-keys') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return readEncryption();
  });

  app.get('/api/trust', { config: nameRequest('trust') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return readTrust();
  });

  app.get('/api/keys', { config: nameRequest('list-keys') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return access.keys.list();
  });

  app.post('/api/keys', { config: nameRequest('create-key') }, async (request, reply) => {
    refuseOtherPages(reply);
    const input = readInput(newKey, await bodies.read(request.raw, reply.raw));
    const scopes = KEY_SCOPES.filter((scope) => input.scopes.includes(scope));
    const key = await access.keys.create({ name: input.name, scopes }, isNear(request));
    requestAccess.setResource(request, key.id);
    void reply.header('cache-control', 'no-store');
    return key;
  });

  app.delete<{ Params: { readonly id: string } }>(
    '/api/keys/:id',
    { config: nameRequest('revoke-key') },
    async (request, reply) => {
      refuseOtherPages(reply);
      const { id } = request.params;
      if (!KEY_ID.test(id)) throw new ApiError('InvalidRequestException', 'id: expected 20 letters and digits');
      requestAccess.setResource(request, id);
      await access.keys.revoke(id);
      void reply.header('cache-control', 'no-store');
      return {};
    },
  );
}

/** Pages of `--cors-origins` may read and write what everybody shares; keys are for our own page and for programs. */
function refuseOtherPages(reply: FastifyReply): void {
  if (reply.getHeader('access-control-allow-origin') === undefined) return;
  throw new ApiError('AccessDeniedException', 'keys are not changed by pages of another origin');
}

/** On this machine, as far as the connection tells. */
function isNear({ raw }: FastifyRequest): boolean {
  return isLoopback(raw.socket.remoteAddress ?? '');
}
