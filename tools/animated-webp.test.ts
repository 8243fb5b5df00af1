import { expect, test } from 'vitest';
import { animate } from './animated-webp.mjs';

/** A file as a browser makes it: the picture, and what is not of it. */
function still(picture: string): Buffer {
  const chunks = [chunk('ICCP', 'colours'), chunk('VP8 ', picture)];
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  return Buffer.concat([Buffer.from('RIFF'), u32(body.length), body]);
}

test('frames follow each other, each with its picture alone and its time', () => {
  const tour = animate(
    [
      { webp: still('odd'), ms: 2_600 },
      { webp: still('even'), ms: 300 },
    ],
    { width: 1_200, height: 750 },
  );
  expect(tour.toString('latin1', 0, 4)).toBe('RIFF');
  expect(tour.readUInt32LE(4)).toBe(tour.length - 8);
  const [extended, , ...frames] = chunksOf(tour.subarray(12));
  expect(extended).toMatchObject({ name: 'VP8X' });
  expect([extended?.bytes.readUIntLE(4, 3), extended?.bytes.readUIntLE(7, 3)]).toEqual([1_199, 749]);
  expect(frames.map(({ name, bytes }) => [name, bytes.readUIntLE(12, 3), chunksOf(bytes.subarray(16))])).toEqual([
    ['ANMF', 2_600, [{ name: 'VP8 ', bytes: Buffer.from('odd') }]],
    ['ANMF', 300, [{ name: 'VP8 ', bytes: Buffer.from('even') }]],
  ]);
});

test('what is no WebP is refused', () => {
  expect(() => animate([{ webp: Buffer.from('PNG'), ms: 1 }], { width: 1, height: 1 })).toThrow('no WebP picture');
});

interface Chunk {
  readonly name: string;
  readonly bytes: Buffer;
}

function chunksOf(bytes: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    chunks.push({ name: bytes.toString('latin1', at, at + 4), bytes: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size + (size % 2);
  }
  return chunks;
}

function chunk(name: string, text: string): Buffer {
  return Buffer.concat([Buffer.from(name), u32(text.length), Buffer.from(text), Buffer.alloc(text.length % 2)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
