// Still WebP pictures, as a browser encodes them, put together as one that moves. Container: https://developers.google.com/speed/webp/docs/riff_container
//
//   file  = "RIFF" size:u32 "WEBP" VP8X ANIM *ANMF
//   chunk = name:4 size:u32 bytes padding-to-2          ; little-endian; sizes without the padding
//   VP8X  = flags:u8 0:u24 (width - 1):u24 (height - 1):u24
//   ANIM  = background:u32 loops:u16                    ; 0: for ever
//   ANMF  = x:u24 y:u24 (width - 1):u24 (height - 1):u24 milliseconds:u24 flags:u8 *chunk-of-the-still-picture

const ANIMATION_FLAG = 0x02;
/** Each frame replaces all of the one before it. */
const NO_BLENDING = 0x02;
const HEADER_BYTES = 12;

/**
 * @param {readonly { readonly webp: Buffer; readonly ms: number }[]} frames all of the same size
 * @param {{ readonly width: number; readonly height: number }} size
 */
export function animate(frames, { width, height }) {
  const size = [...u24(width - 1), ...u24(height - 1)];
  const body = Buffer.concat([
    chunk('VP8X', [ANIMATION_FLAG, 0, 0, 0, ...size]),
    chunk('ANIM', [0xff, 0xff, 0xff, 0xff, 0, 0]),
    ...frames.map(({ webp, ms }) =>
      chunk('ANMF', [...u24(0), ...u24(0), ...size, ...u24(ms), NO_BLENDING, ...pictureOf(webp)]),
    ),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, body]);
}

/** The picture alone: `VP8 ` or `VP8L`, with its alpha if there is one. */
function pictureOf(webp) {
  const parts = [];
  for (let at = HEADER_BYTES; at + 8 <= webp.length;) {
    const name = webp.toString('latin1', at, at + 4);
    const end = at + 8 + webp.readUInt32LE(at + 4);
    const padded = end + (end % 2);
    if (['VP8 ', 'VP8L', 'ALPH'].includes(name)) parts.push(webp.subarray(at, padded));
    at = padded;
  }
  if (parts.length === 0) throw new Error('a frame is no WebP picture');
  return Buffer.concat(parts);
}

function chunk(name, bytes) {
  const content = Buffer.from(bytes);
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function u24(value) {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff];
}
