import { ApiError } from '@fluoroscope/api';
import type { RequestName } from '../events.ts';
import type { PolicyVerdict } from '../control/policy-document.ts';
import { sameText, type AccessKey } from './access-key.ts';
import { headerValues, type SignedRequest } from './canonical-request.ts';
import type { KeyRing } from './key-ring.ts';
import { KEYS_MAX } from './limits.ts';
import { isInNetworks, type Network } from './networks.ts';
import { covers, isIngest, NEEDS } from './scopes.ts';
import type { Sessions } from './sessions.ts';
import type { ListenKey } from './unsafe-listen.ts';
import { ALGORITHM, checkSignature, parseSignature, UNKNOWN_KEY, type SignatureProblem } from './sigv4.ts';

/** Who asks. */
export type Caller =
  /** No key is asked for, of anybody or for this. */
  | { readonly kind: 'anyone' }
  /** Of `--ingest-allow`: may send. */
  | { readonly kind: 'network' }
  | { readonly kind: 'key'; readonly key: AccessKey };

export interface GateRequest extends SignedRequest {
  readonly name: RequestName;
  /** Through which listener it came. */
  readonly listen: ListenKey;
  /** Of the socket's other end. */
  readonly address: string;
  /** A body follows, and the signature is about it too. */
  readonly hasBody: boolean;
}

/** The caller, or what to ask once the body is there. */
export type Identification =
  | { readonly caller: Caller }
  | { readonly confirm: (body: Uint8Array) => Caller; readonly claimedKeyId: string };

export interface Judge {
  (question: {
    readonly keyId: string | null;
    readonly action: string;
    readonly resource: string | null;
  }): PolicyVerdict;
}

/** Decides who may do what. Knows no framework. Throws ApiError for who may not. */
export interface Gate {
  /** `open` until a key exists, on loopback; otherwise `keys`. */
  readonly mode: () => 'open' | 'keys';
  readonly identify: (request: GateRequest) => Identification;
  /** `action`: of X-Ray, such as PutTraceSegments; null for our own calls, which policies do not reach. */
  readonly authorize: (
    caller: Caller,
    request: { readonly name: RequestName; readonly action: string | null; readonly resource: string | null },
  ) => void;
  /** Whether a datagram from there is taken. */
  readonly takesDatagram: (address: string) => boolean;
  /** The session's token. Throws for a key that is none. */
  readonly login: (keyId: string, secret: string) => string;
  readonly logout: (request: Pick<GateRequest, 'rawHeaders'>) => void;
  /** When each key was last used, in ms since 1970, by this process. */
  readonly lastUses: () => ReadonlyMap<string, number>;
  /** The caller is still who it was: its key was not revoked, its session has not ended. */
  readonly isValid: (caller: Caller, request: Pick<GateRequest, 'rawHeaders'>) => boolean;
}

export interface GateOptions {
  readonly ring: KeyRing;
  readonly sessions: Sessions;
  /** True of listeners on loopback, or with `--allow-unauthenticated`: who can reach them may use them until a key exists. */
  readonly isOpenWithoutKeys: (listen: ListenKey) => boolean;
  readonly ingestAllow: readonly Network[];
  readonly judge: Judge;
  readonly nowMs: () => number;
}

export const SESSION_COOKIE = 'fluoroscope_session';

const ANYONE: Caller = { kind: 'anyone' };
const NETWORK: Caller = { kind: 'network' };
/** "Bearer" SP id ":" secret */
const BEARER = /^Bearer +([A-Z0-9]{20}):([A-Za-z0-9_-]{40})$/i;

export function createGate(options: GateOptions): Gate {
  const { ring, sessions, isOpenWithoutKeys, ingestAllow, judge, nowMs } = options;
  const isOpen = (listen: ListenKey): boolean => isOpenWithoutKeys(listen) && !ring.isMade;
  const mode = (): 'open' | 'keys' => (isOpen('httpListen') ? 'open' : 'keys');
  const uses = createLastUses(nowMs);

  function identifySigned(request: GateRequest, isSender: boolean): Identification {
    const claim = parseSignature(request, nowMs());
    const key = claim.ok ? ring.find(claim.value.keyId) : undefined;
    // Old daemons sign with whatever key they have: from where none is needed, one of somebody else's is none.
    if (key === undefined && isSender) return { caller: NETWORK };
    if (!claim.ok) throw refusal(claim.problem);
    if (key === undefined) throw refusal(UNKNOWN_KEY);
    const confirm = (body: Uint8Array): Caller => {
      const checked = checkSignature(request, claim.value, key.secret, body);
      if (!checked.ok) throw refusal(checked.problem);
      return { kind: 'key', key };
    };
    return request.hasBody ? { confirm, claimedKeyId: key.id } : { caller: confirm(new Uint8Array()) };
  }

  return {
    mode,
    lastUses: () => uses.times,
    identify(request) {
      if (isOpen(request.listen) || NEEDS[request.name] === 'nothing') return { caller: ANYONE };
      const isSender = isIngest(request.name) && isInNetworks(request.address, ingestAllow);
      const authorization = headerValues(request.rawHeaders, 'authorization')[0] ?? null;
      if (authorization?.startsWith(ALGORITHM) === true) return identifySigned(request, isSender);
      const [, id, secret] = BEARER.exec(authorization ?? '') ?? [];
      if (id !== undefined && secret !== undefined)
        return { caller: { kind: 'key', key: requireKey(ring, id, secret) } };
      if (isSender) return { caller: NETWORK };
      if (authorization !== null) {
        throw new ApiError(
          'IncompleteSignatureException',
          `Authorization must be ${ALGORITHM} …, or Bearer KEY_ID:SECRET`,
        );
      }
      const key = sessionKey(options, request);
      if (key !== undefined) return { caller: { kind: 'key', key } };
      throw missing(request);
    },
    authorize(caller, { name, action, resource }) {
      if (caller.kind === 'key') uses.note(caller.key);
      const need = NEEDS[name];
      if (caller.kind === 'anyone' || need === 'nothing') return;
      const keyId = caller.kind === 'key' ? caller.key.id : null;
      const verdict = action === null ? 'silent' : judge({ keyId, action: `xray:${action}`, resource });
      if (verdict === 'deny') throw denied(keyId, name, 'a resource policy denies it');
      const mayByScope = caller.kind === 'key' ? covers(caller.key.scopes, need) : isIngest(name);
      if (mayByScope || verdict === 'allow') return;
      throw denied(keyId, name, `it needs the scope ${need.join(' or ')}`);
    },
    takesDatagram: (address) => isOpen('udpListen') || isInNetworks(address, ingestAllow),
    login: (keyId, secret) => sessions.open(requireKey(ring, keyId, secret).id),
    logout({ rawHeaders }) {
      const token = readCookie(rawHeaders);
      if (token !== null) sessions.close(token);
    },
    isValid(caller, request) {
      if (caller.kind !== 'key') return caller.kind === 'network' || mode() === 'open';
      const isOfSession = headerValues(request.rawHeaders, 'authorization').length === 0;
      return (isOfSession ? sessionKey(options, request) : ring.find(caller.key.id)) !== undefined;
    },
  };
}

/** Oldest first; keys that are revoked make room. */
function createLastUses(nowMs: () => number): {
  readonly times: ReadonlyMap<string, number>;
  readonly note: (key: AccessKey) => void;
} {
  const times = new Map<string, number>();
  return {
    times,
    note({ id }) {
      times.delete(id);
      times.set(id, nowMs());
      for (const oldest of times.keys()) {
        if (times.size <= KEYS_MAX) return;
        times.delete(oldest);
      }
    },
  };
}

function requireKey(ring: KeyRing, id: string, secret: string): AccessKey {
  const key = ring.find(id);
  // Compared even so, that an unknown id takes as long as a known one.
  const isSame = sameText(secret, key?.secret ?? '');
  if (key === undefined || !isSame) throw refusal(UNKNOWN_KEY);
  return key;
}

function sessionKey(
  { ring, sessions }: Pick<GateOptions, 'ring' | 'sessions'>,
  { rawHeaders }: Pick<GateRequest, 'rawHeaders'>,
): AccessKey | undefined {
  const token = readCookie(rawHeaders);
  const keyId = token === null ? null : sessions.find(token);
  return keyId === null ? undefined : ring.find(keyId);
}

function refusal({ code, message }: SignatureProblem): ApiError {
  return new ApiError(code, message);
}

/** X-Ray's clients know their own error; a browser, and whoever else asks /api, is told to log in. */
function missing({ url }: GateRequest): ApiError {
  const how =
    'send an AWS Signature Version 4 for the service xray, or Authorization: Bearer KEY_ID:SECRET; "fluoroscope keys create" makes a key';
  return url.startsWith('/api/')
    ? new ApiError('UnauthorizedException', `this server needs an access key: log in, or ${how}`)
    : new ApiError('MissingAuthenticationTokenException', `Missing Authentication Token: ${how}`);
}

function denied(keyId: string | null, name: RequestName, why: string): ApiError {
  const who = keyId === null ? 'Senders without a key are' : `The key ${keyId} is`;
  return new ApiError('AccessDeniedException', `${who} not allowed to ${name}: ${why}`);
}

function readCookie(rawHeaders: readonly string[]): string | null {
  for (const header of headerValues(rawHeaders, 'cookie')) {
    for (const pair of header.split(';')) {
      const [name, value = ''] = pair.trim().split('=');
      if (name === SESSION_COOKIE && /^[\w-]{43}$/.test(value)) return value;
    }
  }
  return null;
}
