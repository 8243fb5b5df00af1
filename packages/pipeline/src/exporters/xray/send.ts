import { textOf, type Parcel } from '../../stage.ts';
import type { SendOutcome, Send } from '../sending-queue.ts';
import { failedResponse, isSuccess } from '../http-outcome.ts';
import type { PostAnswer } from '../http-post.ts';
import { createXrayCall, type XrayCallOptions } from './call.ts';
import {
  decodeUnprocessed,
  encodePutTraceSegments,
  errorCodeOf,
  PUT_TRACE_SEGMENTS_PATH,
} from './put-trace-segments.ts';

/** X-Ray's limit for one document. */
export const XRAY_DOCUMENT_BYTES_MAX = 65_536;

/** Of AWS's errors with status 400, those that time mends. */
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled)/;

/** Sends documents by PutTraceSegments; of one batch, so many fit as the caller sees to. */
export function createXraySend(options: XrayCallOptions): Send {
  const call = createXrayCall(options);

  async function post(body: string, signal: AbortSignal): Promise<SendOutcome> {
    const response = await call(PUT_TRACE_SEGMENTS_PATH, body, signal);
    if (response === null) return { state: 'again', message: 'no AWS credentials found' };
    const text = response.body.toString();
    if (!isSuccess(response)) return failedCall(response, text);
    const unprocessed = decodeUnprocessed(text);
    if (!unprocessed.ok) return { state: 'again', message: 'the answer is not of PutTraceSegments' };
    const [first] = unprocessed.value;
    const message = first === undefined ? '' : `${first.code}: ${first.message}`;
    return { state: 'sent', refused: unprocessed.value.length, message };
  }

  return async (parcels, signal) => {
    const texts: string[] = [];
    for (const parcel of parcels) {
      const text = fittingText(parcel);
      if (text !== null) texts.push(text);
    }
    const tooLarge = parcels.length - texts.length;
    const outcome: SendOutcome =
      texts.length === 0 ? { state: 'sent', refused: 0 } : await post(encodePutTraceSegments(texts), signal);
    if (outcome.state !== 'sent' || tooLarge === 0) return outcome;
    const message = `a document has more than ${XRAY_DOCUMENT_BYTES_MAX} bytes`;
    return { state: 'sent', refused: Math.min(parcels.length, outcome.refused + tooLarge), message };
  };
}

/** As it was received, or without the blanks that it came with. */
function fittingText(parcel: Parcel): string | null {
  const text = textOf(parcel);
  if (Buffer.byteLength(text) <= XRAY_DOCUMENT_BYTES_MAX) return text;
  const shorter = JSON.stringify(parcel.document);
  return Buffer.byteLength(shorter) <= XRAY_DOCUMENT_BYTES_MAX ? shorter : null;
}

function failedCall(response: PostAnswer, text: string): SendOutcome {
  const code = errorCodeOf(response.headers.get('x-amzn-errortype'), text) ?? '';
  const outcome = failedResponse(response, text);
  // New keys, or a clock put right, mend what is forbidden now.
  const isWorthIt = response.status === 401 || response.status === 403 || THROTTLED.test(code);
  return isWorthIt && outcome.state === 'refused' ? { state: 'again', message: outcome.message } : outcome;
}
