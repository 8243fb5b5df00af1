import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiErrorCode } from '@fluoroscope/api';
import { bad, ok, type Result } from '@fluoroscope/model';
import { KEY_ID } from './access-key.ts';
import { canonicalRequest, headerValues, type SignedRequest } from './canonical-request.ts';
import { CLOCK_SKEW_MS } from './limits.ts';

/** What an Authorization header of AWS's Signature Version 4 says, checked in form and time but not yet in truth. */
export interface SignatureClaim {
  readonly keyId: string;
  /** yyyymmddThhmmssZ */
  readonly time: string;
  /** date "/" region "/xray/aws4_request" */
  readonly scope: readonly [date: string, region: string];
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
  /** As the client gives it; null when it does not. */
  readonly bodyHash: string | null;
}

export interface SignatureProblem {
  readonly code: ApiErrorCode;
  readonly message: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'xray';

const CREDENTIAL = /^([^/]{1,128})\/(\d{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,64})\/([a-z0-9_]{1,32})$/;
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;
const HASH = /^[0-9a-f]{64}$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Headers that must be there once, when at all. */
const SINGLE_HEADERS = ['authorization', 'host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];

/**
 *   authorization = "AWS4-HMAC-SHA256" SP part *( "," [SP] part )      ; each once, in any order
 *   part = "Credential=" id "/" date "/" region "/xray/aws4_request"   ; any region: it is signed, and means nothing here
 *        / "SignedHeaders=" name *( ";" name )                         ; host and every x-amz- header among them
 *        / "Signature=" 64HEX
 */
export function parseSignature(request: SignedRequest, nowMs: number): Result<SignatureClaim, SignatureProblem> {
  const { rawHeaders } = request;
  for (const name of SINGLE_HEADERS) {
    if (headerValues(rawHeaders, name).length > 1) return incomplete(`the header ${name} is there more than once`);
  }
  const one = (name: string): string | null => headerValues(rawHeaders, name)[0] ?? null;
  const parts = splitAuthorization(one('authorization') ?? '');
  if (parts === null) {
    return incomplete('Authorization needs Credential, SignedHeaders and Signature, each once');
  }
  const [, keyId, date, region, service, terminator] = CREDENTIAL.exec(parts.credential) ?? [];
  if (keyId === undefined || date === undefined || region === undefined) {
    return incomplete('Credential must be KEY/YYYYMMDD/REGION/xray/aws4_request');
  }
  if (service !== SERVICE || terminator !== 'aws4_request') {
    return invalid('Credential should be scoped to the service xray and end in aws4_request');
  }
  if (!HEADER_NAMES.test(parts.signedHeaders)) return incomplete('SignedHeaders must be names in lower case');
  if (!HASH.test(parts.signature)) return incomplete('Signature must be 64 hex digits');
  const signedHeaders = parts.signedHeaders.split(';');
  const unsigned = unsignedHeader(rawHeaders, signedHeaders);
  if (unsigned !== null) return incomplete(`the header ${unsigned} must be among the SignedHeaders, in order`);

  const time = one('x-amz-date');
  const atMs = time === null ? null : readTime(time);
  if (time === null || atMs === null) return incomplete('X-Amz-Date must be there, as YYYYMMDDThhmmssZ');
  if (!time.startsWith(date)) return invalid("Credential's date is not that of X-Amz-Date");
  const skew = checkSkew(time, atMs, nowMs);
  if (skew !== null) return invalid(skew);
  if (one('x-amz-security-token') !== null) {
    const why = 'the access keys of this server have no session token: unset AWS_SESSION_TOKEN';
    return bad({ code: 'UnrecognizedClientException', message: `The security token is invalid: ${why}` });
  }
  const bodyHash = one('x-amz-content-sha256');
  if (bodyHash !== null && !HASH.test(bodyHash)) {
    return invalid('X-Amz-Content-Sha256 must be the SHA-256 of the body: unsigned and streamed bodies are not taken');
  }
  if (!KEY_ID.test(keyId)) return bad(UNKNOWN_KEY);
  return ok({ keyId, time, scope: [date, region], signedHeaders, signature: parts.signature, bodyHash });
}

/** Whether the holder of the secret signed this request with this body. */
export function checkSignature(
  request: SignedRequest,
  claim: SignatureClaim,
  secret: string,
  body: Uint8Array,
): Result<true, SignatureProblem> {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  if (claim.bodyHash !== null && claim.bodyHash !== bodyHash) {
    return invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const canonical = canonicalRequest(request, claim.signedHeaders, bodyHash);
  if (!canonical.ok) {
    return incomplete(canonical.problem === 'bad-query' ? 'the query cannot be read' : 'a signed header is missing');
  }
  const expected = signatureOf(canonical.value, claim, secret);
  return timingSafeEqual(expected, Buffer.from(claim.signature, 'hex')) ? ok(true) : mismatch();
}

export const UNKNOWN_KEY: SignatureProblem = {
  code: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
};

function signatureOf(canonical: string, { time, scope: [date, region] }: SignatureClaim, secret: string): Buffer {
  const scope = `${date}/${region}/${SERVICE}/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const key = [date, region, SERVICE, 'aws4_request'].reduce<Buffer>(
    (signing, text) => hmac(signing, text),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, [ALGORITHM, time, scope, hash].join('\n'));
}

function splitAuthorization(
  header: string,
): { readonly credential: string; readonly signedHeaders: string; readonly signature: string } | null {
  if (!header.startsWith(`${ALGORITHM} `)) return null;
  const parts = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length + 1).split(',')) {
    const [, name = '', value = ''] = /^ *([A-Za-z]+)=([^ ]*)$/.exec(part) ?? [];
    if (name === '' || parts.has(name)) return null;
    parts.set(name, value);
  }
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    parts.get(name),
  );
  const isWhole = credential !== undefined && signedHeaders !== undefined && signature !== undefined;
  return isWhole && parts.size === 3 ? { credential, signedHeaders, signature } : null;
}

/** The first header that a stranger could change without breaking the signature, and that counts. */
function unsignedHeader(rawHeaders: readonly string[], signedHeaders: readonly string[]): string | null {
  if (!signedHeaders.includes('host')) return 'host';
  const unordered = signedHeaders.find((name, at) => at > 0 && name <= (signedHeaders[at - 1] ?? ''));
  if (unordered !== undefined) return unordered;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) return name;
  }
  return null;
}

function readTime(text: string): number | null {
  const [whole, ...fields] = TIME.exec(text) ?? [];
  if (whole === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number);
  const atMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '') === text ? atMs : null;
}

/** AWS's words, which its SDKs look for to set their clocks right. */
function checkSkew(time: string, atMs: number, nowMs: number): string | null {
  if (atMs < nowMs - CLOCK_SKEW_MS) {
    const earliest = printTime(nowMs - CLOCK_SKEW_MS);
    return `Signature expired: ${time} is now earlier than ${earliest} (${printTime(nowMs)} - 5 min.)`;
  }
  if (atMs > nowMs + CLOCK_SKEW_MS) {
    const latest = printTime(nowMs + CLOCK_SKEW_MS);
    return `Signature not yet current: ${time} is still later than ${latest} (${printTime(nowMs)} + 5 min.)`;
  }
  return null;
}

function printTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function incomplete(message: string): Result<never, SignatureProblem> {
  return bad({ code: 'IncompleteSignatureException', message });
}

function invalid(message: string): Result<never, SignatureProblem> {
  return bad({ code: 'InvalidSignatureException', message });
}

function mismatch(): Result<never, SignatureProblem> {
  return invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  );
}
