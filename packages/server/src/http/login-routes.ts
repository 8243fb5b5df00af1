import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '@fluoroscope/api';
import { parseInput } from '@fluoroscope/api/operations';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { KEY_ID } from '../access/access-key.ts';
import { SESSION_COOKIE } from '../access/gate.ts';
import type { RequestAccess } from './access-hook.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface LoginRoutesOptions {
  readonly access: Pick<Access, 'gate' | 'sessionSeconds'>;
  readonly requestAccess: Pick<RequestAccess, 'setResource'>;
  readonly bodies: BodyReader;
  readonly isTls: boolean;
}

export const loginInput: z.ZodType<{ readonly keyId: string; readonly secret: string }> = z.object({
  keyId: z.string().regex(KEY_ID, 'expected 20 letters and digits'),
  secret: z.string().length(40, 'expected 40 characters'),
});

/**
 * The console's way to show a key: POST /api/login { keyId, secret } sets a cookie that stands for it, POST /api/logout
 * takes it back. That only our own pages use the cookie is seen to by SameSite and by the guard.
 */
export function addLoginRoutes(app: FastifyInstance, options: LoginRoutesOptions): void {
  const { access, requestAccess, bodies, isTls } = options;

  app.post('/api/login', { config: nameRequest('login') }, async (request, reply) => {
    const input = parseInput(loginInput, await bodies.read(request.raw, reply.raw));
    if (!input.ok) throw new ApiError('InvalidRequestException', input.problem);
    requestAccess.setResource(request, input.value.keyId);
    const token = access.gate.login(input.value.keyId, input.value.secret);
    return reply
      .header('set-cookie', printCookie(token, access.sessionSeconds, isTls || isBehindTls(request)))
      .header('cache-control', 'no-store')
      .send({ keyId: input.value.keyId });
  });

  app.post('/api/logout', { config: nameRequest('logout') }, async (request, reply) => {
    access.gate.logout(request.raw);
    return reply
      .header('set-cookie', printCookie('', 0, isTls || isBehindTls(request)))
      .header('cache-control', 'no-store')
      .send({});
  });
}

function printCookie(token: string, seconds: number, isSecure: boolean): string {
  const attributes = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  return `${SESSION_COOKIE}=${token}; ${attributes}${isSecure ? '; Secure' : ''}`;
}

/** A proxy in front speaks TLS: the page that asks says so. */
function isBehindTls({ headers }: FastifyRequest): boolean {
  return headers.origin?.startsWith('https://') === true;
}
