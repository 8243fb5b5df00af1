import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** By Content-Encoding. zstd came with Node 22.15: before, senders are told that it is not taken. */
const INFLATES: ReadonlyMap<string, Inflate> = new Map([
  ['gzip', promisify(zlib.gunzip)],
  ['deflate', promisify(zlib.inflate)],
  ...zstdOf(zlib),
]);

/** For whoever sent another encoding. */
export const ENCODINGS_EXPECTED: string = `expected ${[...INFLATES.keys(), 'identity'].join(', ')}`;

/** `bytesMax`: what comes out, too: a few kB can hold gigabytes. */
export async function inflateBody(
  body: Uint8Array,
  contentEncoding: string | undefined,
  bytesMax: number,
): Promise<Uint8Array | 'too-large' | 'malformed' | 'unknown-encoding'> {
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (body.byteLength > bytesMax) return 'too-large';
  if (encoding === '' || encoding === 'identity') return body;
  const inflate = INFLATES.get(encoding);
  if (inflate === undefined) return 'unknown-encoding';
  try {
    return await inflate(body, { maxOutputLength: bytesMax });
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? 'too-large' : 'malformed';
  }
}

type Callback = (error: Error | null, bytes: Buffer) => void;

/** The module's own, where it has one. */
export function zstdOf(module: object): readonly (readonly [string, Inflate])[] {
  const zstd: unknown = Reflect.get(module, 'zstdDecompress');
  if (typeof zstd !== 'function') return [];
  const inflate: Inflate = (bytes, options) =>
    new Promise((resolve, reject) => {
      const done: Callback = (error, inflated) => (error === null ? resolve(inflated) : reject(error));
      Reflect.apply(zstd, module, [bytes, options, done]);
    });
  return [['zstd', inflate]];
}
