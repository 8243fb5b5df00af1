import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { failedResponse, isSuccess } from '../http-outcome.ts';
import type { Post } from '../http-post.ts';
import type { Send } from '../sending-queue.ts';
import { readExportResponse, readExportResponseJson } from './decode-response.ts';
import { encodeRequest } from './encode-request.ts';
import { groupsOf } from './groups-of.ts';

export interface OtlpHttpSendOptions {
  /** With its path: `…/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  readonly post: Post;
}

const gzipBytes = promisify(gzip);

/** Sends documents as spans by OTLP/HTTP in protobuf. */
export function createOtlpHttpSend({ url, headers, compression, post }: OtlpHttpSendOptions): Send {
  const target = new URL(url);
  return async (parcels, signal) => {
    const groups = groupsOf(parcels);
    if (groups.length === 0) return { state: 'sent', refused: 0 };
    const bytes = encodeRequest(groups);
    const sent = {
      ...headers,
      'content-type': 'application/x-protobuf',
      ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
    };
    const answer = await post(target, sent, compression === 'gzip' ? await gzipBytes(bytes) : bytes, signal);
    if (!isSuccess(answer)) return failedResponse(answer, printable(answer.body));
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    const { rejectedSpans, message } = isJson
      ? readExportResponseJson(answer.body.toString())
      : readExportResponse(answer.body);
    return { state: 'sent', refused: Math.min(rejectedSpans, parcels.length), message };
  };
}

/** A body that may be protobuf, for a message. */
function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
}
