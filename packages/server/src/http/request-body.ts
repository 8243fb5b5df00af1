import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '@fluoroscope/api';
import {
  REQUEST_BODIES_BYTES_MAX,
  REQUEST_BODY_BYTES_MAX,
  RETRY_AFTER_SECONDS,
  UNREAD_BODY_MS_MAX,
} from '../limits.ts';
import { checkBodyShape } from './body-shape.ts';

/** Reads bodies as JSON, whatever content type they claim, within a budget that all requests share. */
export interface BodyReader {
  /** Before a byte is read: refuses what is announced too large, or encoded unless that may be. */
  readonly admit: (request: IncomingMessage, mayBeEncoded?: boolean) => void;
  /** No body, or an empty one, is `{}` (XRAY-SPEC §4.1). */
  readonly read: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
  /** The bytes as they came, whatever they are. */
  readonly bytes: (request: IncomingMessage, response: ServerResponse) => Promise<Uint8Array>;
  /** The bytes, before they are looked at; `read` and `bytes` find them afterwards. */
  readonly hold: (request: IncomingMessage, response: ServerResponse) => Promise<Uint8Array>;
  readonly heldBytes: () => number;
}

export interface BodyReaderOptions {
  readonly bodyBytesMax?: number;
  readonly bodiesBytesMax?: number;
}

export function createBodyReader({
  bodyBytesMax = REQUEST_BODY_BYTES_MAX,
  bodiesBytesMax = REQUEST_BODIES_BYTES_MAX,
}: BodyReaderOptions = {}): BodyReader {
  let heldBytes = 0;
  const held = new WeakMap<IncomingMessage, Uint8Array>();

  function tooLarge(): ApiError {
    return new ApiError('RequestEntityTooLargeException', `the body may have at most ${bodyBytesMax} bytes`);
  }

  function collect(request: IncomingMessage, response: ServerResponse, done: (outcome: Buffer | Error) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    function finish(outcome: Buffer | Error): void {
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      done(outcome);
    }
    function onData(chunk: Buffer): void {
      bytes += chunk.byteLength;
      heldBytes += chunk.byteLength;
      if (bytes > bodyBytesMax) finish(tooLarge());
      else if (heldBytes > bodiesBytesMax) finish(tooBusy());
      else chunks.push(chunk);
    }
    function onEnd(): void {
      finish(Buffer.concat(chunks));
    }
    function onCut(): void {
      finish(new ApiError('InvalidRequestException', 'the body ended early'));
    }
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
    // Held until the answer is sent: what was parsed lives as long as its handler.
    response.once('close', () => {
      heldBytes -= bytes;
    });
  }

  async function readBytes(request: IncomingMessage, response: ServerResponse): Promise<Uint8Array> {
    // Only now: who asks first is spared sending what would be refused.
    if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
    const outcome = await new Promise<Buffer | Error>((resolve) => collect(request, response, resolve));
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  return {
    admit(request, mayBeEncoded = false) {
      const announced = Number(request.headers['content-length'] ?? 0);
      if (announced > bodyBytesMax) throw tooLarge();
      const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
      if (!mayBeEncoded && encoding !== '' && encoding !== 'identity') {
        throw new ApiError(
          'UnsupportedMediaTypeException',
          'the body must not be compressed: send no Content-Encoding',
        );
      }
    },
    bytes: async (request, response) => held.get(request) ?? (await readBytes(request, response)),
    async hold(request, response) {
      const bytes = await readBytes(request, response);
      held.set(request, bytes);
      return bytes;
    },
    read: async (request, response) => readBodyJson(held.get(request) ?? (await readBytes(request, response))),
    heldBytes: () => heldBytes,
  };
}

/**
 * After an answer that did not wait for its body. A client is still sending and would miss the answer if the
 * connection were cut at once; it may send on for a while, into nothing.
 */
export function letGoOfBody(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), UNREAD_BODY_MS_MAX);
  request.once('close', () => clearTimeout(timer));
}

function tooBusy(): ApiError {
  return new ApiError('ThrottledException', 'the server is reading too many large requests already', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

// Takes a byte order mark away.
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function readBodyJson(bytes: Uint8Array): unknown {
  const shape = checkBodyShape(bytes);
  if (!shape.ok) throw new ApiError('InvalidRequestException', shape.problem);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new ApiError('InvalidRequestException', 'the body is not UTF-8');
  }
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('InvalidRequestException', 'the body is not JSON');
  }
}
