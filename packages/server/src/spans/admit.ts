import { ApiError } from '@fluoroscope/api';
import type { Admit, Sender } from '@fluoroscope/pipeline';
import type { Access } from '../access/access.ts';
import type { ListenKey } from '../access/unsafe-listen.ts';
import type { SpanCallName } from '../events.ts';

/** May whoever calls by gRPC send spans? A key is sent as `authorization: Bearer KEY_ID:SECRET`; signatures are for HTTP. */
export function createAdmit(
  { gate, rateLimit }: Pick<Access, 'gate' | 'rateLimit'>,
  listen: ListenKey,
  name: SpanCallName,
): Admit {
  function whoIs({ address, header }: Sender): string | null {
    const authorization = header('authorization');
    const rawHeaders = authorization === undefined ? [] : ['authorization', authorization];
    const request = { name, listen, method: 'POST', url: '/', rawHeaders, address, hasBody: true };
    const identified = gate.identify(request);
    if (!('caller' in identified)) return null;
    const { caller } = identified;
    gate.authorize(caller, { name, action: 'PutTraceSegments', resource: null });
    return caller.kind === 'key' ? caller.key.id : address;
  }

  return (sender) => {
    try {
      const who = whoIs(sender);
      if (who !== null) return rateLimit.take(who) === null ? 'admitted' : 'throttled';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'AccessDeniedException') return 'forbidden';
    }
    return rateLimit.take(sender.address) === null ? 'unauthenticated' : 'throttled';
  };
}
