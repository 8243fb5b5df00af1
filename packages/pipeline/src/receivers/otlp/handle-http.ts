import { ENCODINGS_EXPECTED, inflateBody } from '../span-http/inflate-body.ts';
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

/**
 * OTLP/HTTP without a socket: protobuf or JSON, compressed or not, answered in the request's own form. 200 with
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
  const body = await inflateBody(request.body, request.contentEncoding, bytesMax);
  if (body === 'unknown-encoding') {
    return refuse(type, 415, RPC.invalidArgument, `Content-Encoding: ${ENCODINGS_EXPECTED}`);
  }
  if (body === 'too-large') return refuse(type, 413, RPC.invalidArgument, `body: expected at most ${bytesMax} bytes`);
  if (body === 'malformed')
    return refuse(type, 400, RPC.invalidArgument, `body: expected ${request.contentEncoding} data`);

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
