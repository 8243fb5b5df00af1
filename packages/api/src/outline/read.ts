import {
  OUTLINE_HEADER_BYTES_MAX,
  type OutlineColumns,
  outlineColumnsBytes,
  type OutlineHeader,
  padded,
} from './format.ts';

export interface OutlineFrame {
  readonly header: OutlineHeader;
  readonly columns: OutlineColumns;
}

export interface OutlineReader {
  /** The frames that these bytes of the stream complete. Throws RangeError for a stream that is none. */
  readonly push: (bytes: Uint8Array) => readonly OutlineFrame[];
}

export function createOutlineReader(): OutlineReader {
  let chunks: Uint8Array[] = [];
  let held = 0;
  let wanted = 4;

  function take(): OutlineFrame | null {
    if (held < wanted) return null;
    const bytes = joined(chunks, held);
    chunks = [bytes];
    const headerBytes = viewOf(bytes).getUint32(0, true);
    if (headerBytes > OUTLINE_HEADER_BYTES_MAX) throw new RangeError('outline: the header is too long');
    const columnsAt = padded(4 + headerBytes);
    wanted = columnsAt;
    if (held < wanted) return null;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server wrote it; encode.test.ts holds both together
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerBytes))) as OutlineHeader;
    wanted += outlineColumnsBytes(header.count);
    if (held < wanted) return null;
    const columns = columnsOf(aligned(bytes.subarray(columnsAt, wanted)), header.count);
    chunks = [bytes.subarray(wanted)];
    held -= wanted;
    wanted = 4;
    return { header, columns };
  }

  return {
    push(bytes) {
      chunks.push(bytes);
      held += bytes.length;
      const frames: OutlineFrame[] = [];
      for (let frame = take(); frame !== null; frame = take()) frames.push(frame);
      return frames;
    },
  };
}

function columnsOf(buffer: ArrayBuffer, count: number): OutlineColumns {
  let at = 0;
  const skip = (bytes: number): number => {
    const from = at;
    at += bytes * count;
    return from;
  };
  const wide = (): Float64Array => new Float64Array(buffer, skip(8), count);
  const whole = (): Uint32Array => new Uint32Array(buffer, skip(4), count);
  const short = (): Uint16Array => new Uint16Array(buffer, skip(2), count);
  return {
    startUs: wide(),
    lengthUs: wide(),
    idHigh: whole(),
    idLow: whole(),
    parentHigh: whole(),
    parentLow: whole(),
    name: whole(),
    service: whole(),
    detail: whole(),
    place: whole(),
    origin: whole(),
    status: short(),
    flags: short(),
  };
}

/** A buffer of its own, so that columns of eight bytes begin where they must. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
