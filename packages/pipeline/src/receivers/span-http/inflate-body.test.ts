import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { ENCODINGS_EXPECTED, inflateBody, zstdOf } from './inflate-body.ts';

const TEXT = Buffer.from('spans '.repeat(100));
/** The text above, of the zstd command. */
const ZSTD = Buffer.from('28b52ffd04686d0000307370616e732001004f529522b28d23b0', 'hex');
const HAS_ZSTD = Reflect.has(zlib, 'zstdDecompress');

test.each([
  ['', TEXT],
  [' GZIP ', zlib.gzipSync(TEXT)],
  ['deflate', zlib.deflateSync(TEXT)],
])('%j', async (encoding, body) => {
  expect(await inflateBody(body, encoding, 600)).toEqual(TEXT);
  expect(await inflateBody(body, encoding, 599)).toBe('too-large');
});

test('zstd where Node has it, and said where not', async () => {
  expect(await inflateBody(ZSTD, 'zstd', 600)).toEqual(HAS_ZSTD ? TEXT : 'unknown-encoding');
  expect(await inflateBody(ZSTD, 'zstd', 599)).toBe(HAS_ZSTD ? 'too-large' : 'unknown-encoding');
  expect(await inflateBody(TEXT, 'zstd', 600)).toBe(HAS_ZSTD ? 'malformed' : 'unknown-encoding');
  expect(ENCODINGS_EXPECTED).toBe(`expected gzip, deflate, ${HAS_ZSTD ? 'zstd, ' : ''}identity`);
});

test("zstd is the module's, with the limit", async () => {
  const seen: unknown[] = [];
  const zstdDecompress = (bytes: Uint8Array, options: object, done: (error: Error | null, bytes: Buffer) => void) => {
    seen.push(options);
    if (bytes.byteLength === 0) done(new Error('no frame'), Buffer.alloc(0));
    else done(null, TEXT);
  };
  const [[name, inflate] = ['', undefined]] = zstdOf({ zstdDecompress });
  expect([name, await inflate?.(ZSTD, { maxOutputLength: 7 }), seen]).toEqual(['zstd', TEXT, [{ maxOutputLength: 7 }]]);
  await expect(inflate?.(Buffer.alloc(0), { maxOutputLength: 7 })).rejects.toThrow('no frame');
  expect(zstdOf({})).toEqual([]);
});
