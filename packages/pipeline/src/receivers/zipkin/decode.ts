import {
  decodeZipkinV1Json,
  decodeZipkinV1Thrift,
  decodeZipkinV2Json,
  decodeZipkinV2Proto,
  type Result,
  type ZipkinBatch,
  type ZipkinProblem,
} from '@fluoroscope/model';

/** How a body is written: the API's version and the content type. */
export type ZipkinFormat = 'v1-json' | 'v1-thrift' | 'v2-json' | 'v2-protobuf';

/**
 * POST /api/v1/spans   JSON, or Thrift's binary protocol as application/x-thrift
 * POST /api/v2/spans   JSON, or protobuf as application/x-protobuf
 *
 * JSON is what any other content type is taken for: Zipkin's server does not look at it.
 */
export function formatOf(path: string, mediaType: string): ZipkinFormat | 'unknown-path' | 'no-thrift' {
  if (path !== '/api/v1/spans' && path !== '/api/v2/spans') return 'unknown-path';
  const isThrift = mediaType === 'application/x-thrift';
  if (path === '/api/v1/spans') return isThrift ? 'v1-thrift' : 'v1-json';
  if (isThrift) return 'no-thrift';
  return mediaType === 'application/x-protobuf' ? 'v2-protobuf' : 'v2-json';
}

export function decodeZipkinBody(format: ZipkinFormat, body: Uint8Array): Result<ZipkinBatch, ZipkinProblem> {
  switch (format) {
    case 'v1-json':
      return decodeZipkinV1Json(utf8.decode(body));
    case 'v1-thrift':
      return decodeZipkinV1Thrift(body);
    case 'v2-json':
      return decodeZipkinV2Json(utf8.decode(body));
    case 'v2-protobuf':
      return decodeZipkinV2Proto(body);
    default:
      return format satisfies never;
  }
}

// Bytes that are no UTF-8 become U+FFFD; a byte order mark is taken away.
const utf8 = new TextDecoder();
