import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { decodeTraceRequestJson } from './decode-json.ts';
import { decodeTraceRequest } from './decode-protobuf.ts';
import { encodeExportResponse, encodeStatus } from './encode-answer.ts';
import { REQUEST_BYTES_MAX, RETRY_AFTER_SECONDS } from './limits.ts';
import { receiveOtlp, type OtlpReceiverOptions } from './receive.ts';

/** One POST to /v1/traces, its body read. */
export interface OtlpHttpRequest {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
}

export interface OtlpHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export const OTLP_HTTP_PATH = '/v1/traces';
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

/**
 * OTLP/HTTP without a socket: protobuf or JSON, plain, gzip or deflate, answered in the request's own form. 200 with
 * `partial_success` when spans were refused; 400 is final; 429 and 503 ask the sender to come again. Never rejects.
 */
export async function handleOtlpHttp(
  request: OtlpHttpRequest,
  options: OtlpReceiverOptions & { readonly bytesMax?: number },
): Promise<OtlpHttpResponse> {
  const { bytesMax = REQUEST_BYTES_MAX } = options;
  const type = request.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== PROTOBUF && type !== JSON_TYPE) {
    return refuse(JSON_TYPE, 415, RPC.invalidArgument, `Content-Type: expected ${PROTOBUF} or ${JSON_TYPE}`);
  }
  const encoding = request.contentEncoding?.trim().toLowerCase() ?? 'identity';
  const body = await decompress(request.body, encoding, bytesMax);
  if (body === 'unknown-encoding') {
    return refuse(type, 415, RPC.invalidArgument, 'Content-Encoding: expected gzip, deflate or none');
  }
  if (body === 'too-large') return refuse(type, 413, RPC.invalidArgument, `body: expected at most ${bytesMax} bytes`);
  if (body === 'malformed') return refuse(type, 400, RPC.invalidArgument, `body: expected ${encoding} data`);

  const answer = await receiveOtlp(
    body,
    type === JSON_TYPE ? decodeTraceRequestJson : decodeTraceRequest,
    'otlp-http',
    options,
  );
  switch (answer.state) {
    case 'taken':
      return respond(type, 200, encodeExportResponse(answer.rejectedSpans, answer.message), {
        ...(answer.rejectedSpans > 0 && {
          partialSuccess: { rejectedSpans: String(answer.rejectedSpans), errorMessage: answer.message },
        }),
      });
    case 'malformed':
      return refuse(type, 400, RPC.invalidArgument, answer.message);
    case 'busy':
      return refuse(type, 429, RPC.resourceExhausted, 'the server is full', answer.retryAfterSeconds);
    case 'failed':
      // 500 is not among the codes that OTLP's senders come again for.
      return refuse(type, 503, RPC.unavailable, 'the spans could not be kept', RETRY_AFTER_SECONDS);
    default:
      return answer satisfies never;
  }
}

/** google.rpc.Code */
const RPC = { invalidArgument: 3, resourceExhausted: 8, unavailable: 14 } as const;

async function decompress(
  body: Uint8Array,
  encoding: string,
  bytesMax: number,
): Promise<Uint8Array | 'too-large' | 'malformed' | 'unknown-encoding'> {
  if (body.byteLength > bytesMax) return 'too-large';
  if (encoding === 'identity' || encoding === '') return body;
  const inflateBody = encoding === 'gzip' ? gunzipAsync : encoding === 'deflate' ? inflateAsync : undefined;
  if (inflateBody === undefined) return 'unknown-encoding';
  try {
    return await inflateBody(body, { maxOutputLength: bytesMax });
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? 'too-large' : 'malformed';
  }
}

function refuse(
  type: string,
  status: number,
  code: number,
  message: string,
  retryAfterSeconds?: number,
): OtlpHttpResponse {
  const response = respond(type, status, encodeStatus(code, message), { code, message });
  if (retryAfterSeconds === undefined) return response;
  return { ...response, headers: { ...response.headers, 'retry-after': String(retryAfterSeconds) } };
}

function respond(type: string, status: number, protobuf: Uint8Array, json: object): OtlpHttpResponse {
  return {
    status,
    headers: { 'content-type': type },
    body: type === JSON_TYPE ? JSON.stringify(json) : protobuf,
  };
}
