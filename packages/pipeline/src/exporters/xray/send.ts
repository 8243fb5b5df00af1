import type { SendOutcome, Send } from '../sending-queue.ts';
import { failedResponse } from '../http-outcome.ts';
import type { CredentialCache } from './credentials.ts';
import {
  decodeUnprocessed,
  encodePutTraceSegments,
  errorCodeOf,
  PUT_TRACE_SEGMENTS_PATH,
} from './put-trace-segments.ts';
import { signV4 } from './sign-v4.ts';

export interface XraySendOptions {
  /** Of X-Ray's API, without a path: AWS's own or ours. */
  readonly endpoint: string;
  readonly region: string;
  /** Null: requests are not signed. */
  readonly credentials: Pick<CredentialCache, 'current'> | null;
  readonly nowMs: () => number;
}

/** X-Ray's limit for one document. */
export const XRAY_DOCUMENT_BYTES_MAX = 65_536;

/** Of AWS's errors with status 400, those that time mends. */
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled)/;

/** Sends documents by PutTraceSegments; of one batch, so many fit as the caller sees to. */
export function createXraySend({ endpoint, region, credentials, nowMs }: XraySendOptions): Send {
  const url = new URL(PUT_TRACE_SEGMENTS_PATH, endpoint);

  async function post(body: string, signal: AbortSignal): Promise<SendOutcome> {
    const headers = { 'content-type': 'application/json' };
    const keys = await credentials?.current();
    if (keys === null) return { state: 'again', message: 'no AWS credentials found' };
    const signed =
      keys === undefined
        ? headers
        : signV4({ method: 'POST', url, headers, body }, keys, { region, service: 'xray' }, nowMs());
    const response = await fetch(url, {
      method: 'POST',
      headers: withoutHost(signed),
      body,
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    if (!response.ok) return failedCall(response, text);
    const unprocessed = decodeUnprocessed(text);
    if (!unprocessed.ok) return { state: 'again', message: 'the answer is not of PutTraceSegments' };
    const [first] = unprocessed.value;
    const message = first === undefined ? '' : `${first.code}: ${first.message}`;
    return { state: 'sent', refused: unprocessed.value.length, message };
  }

  return async (parcels, signal) => {
    const texts: string[] = [];
    for (const { document } of parcels) {
      const text = JSON.stringify(document);
      if (Buffer.byteLength(text) <= XRAY_DOCUMENT_BYTES_MAX) texts.push(text);
    }
    const tooLarge = parcels.length - texts.length;
    const outcome: SendOutcome =
      texts.length === 0 ? { state: 'sent', refused: 0 } : await post(encodePutTraceSegments(texts), signal);
    if (outcome.state !== 'sent' || tooLarge === 0) return outcome;
    const message = `a document has more than ${XRAY_DOCUMENT_BYTES_MAX} bytes`;
    return { state: 'sent', refused: Math.min(parcels.length, outcome.refused + tooLarge), message };
  };
}

function failedCall(response: Response, text: string): SendOutcome {
  const code = errorCodeOf(response.headers.get('x-amzn-errortype'), text) ?? '';
  const outcome = failedResponse(response, text);
  // New keys, or a clock put right, mend what is forbidden now.
  const isWorthIt = response.status === 401 || response.status === 403 || THROTTLED.test(code);
  return isWorthIt && outcome.state === 'refused' ? { state: 'again', message: outcome.message } : outcome;
}

/** `fetch` sets it itself, from the URL. */
function withoutHost({ host: _host, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}
