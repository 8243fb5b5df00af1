import { readCorpus } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DATAGRAM_DOCUMENTS_MAX, decodeDatagram, HEADER_BYTES_MAX, type DecodedDocument } from './decode.ts';

const HEADER = '{"format":"json","version":1}\n';
const LINES_HEADER = '{"format":"jsonl","version":1}\n';

test.each(readCorpus('datagrams/accepted').map((line) => line.split(' => ')))('%s holds %s', (datagram, document) => {
  expect(decode(JSON.parse(datagram ?? ''))).toEqual({ ok: true, value: JSON.parse(document ?? '') });
});

test.each(readCorpus('datagrams/refused').map((line) => /^(\S+) (.*)$/.exec(line)?.slice(1) ?? []))(
  '%s: %s',
  (code, datagram) => {
    expect(decode(JSON.parse(datagram ?? ''))).toMatchObject({ ok: false, problem: { code } });
  },
);

test('a long first line is no header', () => {
  const padding = ' '.repeat(HEADER_BYTES_MAX);
  expect(decode(`{"format":"json","version":1}${padding}\n{}`)).toMatchObject({ problem: { code: 'bad-header' } });
});

test('bytes that are no UTF-8 are replaced', () => {
  const datagram = Buffer.concat([Buffer.from(`${HEADER}{"name":"`), Buffer.of(0xff, 0xc0), Buffer.from('"}')]);
  expect(decodeDatagram(datagram)).toEqual([{ ok: true, value: '{"name":"\uFFFD\uFFFD"}' }]);
});

test('only the bytes of the view are read', () => {
  const whole = Buffer.from(`xx${HEADER}{}yy`);
  const view = new Uint8Array(whole.buffer, whole.byteOffset + 2, whole.byteLength - 4);
  expect(decodeDatagram(view)).toEqual([{ ok: true, value: '{}' }]);
});

test('any bytes: never throws, and a document is what stands behind the first line feed', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array().map((body) => Buffer.concat([Buffer.from(HEADER), body])),
  );
  fc.assert(
    fc.property(bytes, (datagram) => {
      const [decoded] = decodeDatagram(datagram);
      const text = Buffer.from(datagram).toString();
      if (decoded?.ok) expect(decoded.value).toBe(text.slice(text.indexOf('\n') + 1));
    }),
    { seed: 9, numRuns: 20_000 },
  );
});

test('documents joined by line feeds come apart as they were, whatever is in them', () => {
  const document = fc
    .object({ withBigInt: false, withUndefined: false } as never)
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.array(document, { minLength: 1 }), fc.boolean(), (documents, ends) => {
      const datagram = Buffer.from(LINES_HEADER + documents.join('\n') + (ends ? '\n' : ''));
      const read = decodeDatagram(datagram).map((decoded) => decoded.ok && decoded.value);
      expect(read).toEqual(documents.map((text) => Buffer.from(text).toString()));
    }),
    { seed: 9, numRuns: 2_000 },
  );
});

test('of many documents a bad one is refused alone', () => {
  const decoded = decodeDatagram(Buffer.from(`${LINES_HEADER}{"n":1}\n{"n":\n \r\n{"n":3}`));
  expect(decoded).toMatchObject([
    { ok: true, value: '{"n":1}' },
    { ok: false, problem: { code: 'truncated' } },
    { ok: true, value: '{"n":3}' },
  ]);
});

test('what stands behind a thousand documents is refused together', () => {
  const decoded = decodeDatagram(Buffer.from(LINES_HEADER + '{}\n'.repeat(DATAGRAM_DOCUMENTS_MAX + 20)));
  expect(decoded.filter(({ ok }) => ok).length).toBe(DATAGRAM_DOCUMENTS_MAX);
  expect(decoded.slice(DATAGRAM_DOCUMENTS_MAX)).toMatchObject([{ problem: { code: 'too-many' } }]);
});

function decode(datagram: string): DecodedDocument | undefined {
  const decoded = decodeDatagram(Buffer.from(datagram));
  expect(decoded.length).toBe(1);
  return decoded[0];
}
