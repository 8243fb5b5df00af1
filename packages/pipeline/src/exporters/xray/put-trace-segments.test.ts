import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodePutTraceSegments,
  decodeUnprocessed,
  encodePutTraceSegments,
  errorCodeOf,
} from './put-trace-segments.ts';

test('any texts come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (documents) => {
      expect(decodePutTraceSegments(encodePutTraceSegments(documents))).toEqual({ ok: true, value: documents });
    }),
    { seed: 7 },
  );
});

test.each(['', '[]', 'null', '{}', '{"TraceSegmentDocuments":[1]}', '{"TraceSegmentDocuments":"x"}'])(
  'no body: %s',
  (body) => {
    expect(decodePutTraceSegments(body).ok).toBe(false);
  },
);

test.each([
  ['', []],
  ['{}', []],
  ['{"UnprocessedTraceSegments":[]}', []],
  [
    '{"UnprocessedTraceSegments":[{"Id":"a","ErrorCode":"E","Message":"m"},{}]}',
    [
      { id: 'a', code: 'E', message: 'm' },
      { id: null, code: 'unknown', message: '' },
    ],
  ],
])('%s lists %j', (answer, value) => {
  expect(decodeUnprocessed(answer)).toEqual({ ok: true, value });
});

test.each(['x', '3', '{"UnprocessedTraceSegments":3}'])('no answer: %s', (answer) => {
  expect(decodeUnprocessed(answer).ok).toBe(false);
});

test.each([
  ['ThrottledException:http://x', '', 'ThrottledException'],
  [null, '{"__type":"com.amazonaws.xray#ThrottledException"}', 'ThrottledException'],
  [null, '{"code":"X"}', 'X'],
  [null, '<html>', null],
])('the code of %s and %s is %s', (header, body, code) => {
  expect(errorCodeOf(header, body)).toBe(code);
});
