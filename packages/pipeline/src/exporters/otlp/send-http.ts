import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { toOtlpGroups } from '@fluoroscope/model';
import { failedResponse } from '../http-outcome.ts';
import type { Send } from '../sending-queue.ts';
import { readExportResponse } from './decode-response.ts';
import { encodeRequest } from './encode-request.ts';

export interface OtlpHttpSendOptions {
  /** With its path: `…/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
}

const gzipBytes = promisify(gzip);

/** Sends documents as spans by OTLP/HTTP in protobuf. */
export function createOtlpHttpSend({ url, headers, compression }: OtlpHttpSendOptions): Send {
  return async (parcels, signal) => {
    const groups = toOtlpGroups(parcels.map(({ document }) => document));
    if (groups.length === 0) return { state: 'sent', refused: 0 };
    const bytes = encodeRequest(groups);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
      },
      body: new Uint8Array(compression === 'gzip' ? await gzipBytes(bytes) : bytes),
      redirect: 'error',
      signal,
    });
    const answer = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) return failedResponse(response, printable(answer));
    const { rejectedSpans, message } = readExportResponse(answer);
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
