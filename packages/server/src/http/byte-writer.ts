/** Bytes one behind another, in pieces that are never moved. */
export interface ByteWriter {
  /** Of all that was written. */
  readonly length: number;
  readonly pieces: readonly Uint8Array[];
  text(text: string): void;
  /** `write` puts at most `bytesMax` bytes into `memory` from `start` on, and returns where they end. These bytes. */
  raw(bytesMax: number, write: (memory: Uint8Array, start: number) => number): Uint8Array;
  copy(bytes: Uint8Array): void;
  /** Nobody reads the pieces any more: others may write there. Called once at most. */
  release(): void;
}

/** Of the first piece, for small answers, and of each further one. */
const PIECE_BYTES_FIRST: number = 16 * 1024;
const PIECE_BYTES: number = 1024 * 1024;

type Piece = Buffer<ArrayBuffer>;

/** Kept for the next answers: 16 MB. To make and drop them for each was a quarter of a graph's CPU, most of it the collector's. */
const FREE_PIECES_MAX = 16;
const freePieces: Piece[] = [];

/** Of a UTF-16 unit in UTF-8. */
const UNIT_BYTES_MAX = 3;

/** Text is gathered up to this many units before it is encoded: a call for each name and number took longer than the bytes. */
const TEXT_UNITS_MAX = 4_096;

export function createByteWriter(): ByteWriter {
  const full: Piece[] = [];
  let fullLength = 0;
  let memory: Piece = Buffer.allocUnsafeSlow(PIECE_BYTES_FIRST);
  let end = 0;
  let waiting = '';

  function reserve(byteCount: number): void {
    if (end + byteCount <= memory.byteLength) return;
    if (end > 0) full.push(memory.subarray(0, end));
    fullLength += end;
    memory = takePiece(byteCount);
    end = 0;
  }

  function encode(): void {
    if (waiting === '') return;
    reserve(waiting.length * UNIT_BYTES_MAX);
    end += memory.write(waiting, end);
    waiting = '';
  }

  return {
    get length() {
      encode();
      return fullLength + end;
    },
    get pieces() {
      encode();
      return [...full, memory.subarray(0, end)];
    },
    text(text) {
      waiting += text;
      if (waiting.length >= TEXT_UNITS_MAX) encode();
    },
    raw(bytesMax, write) {
      encode();
      reserve(bytesMax);
      const start = end;
      end = write(memory, start);
      return memory.subarray(start, end);
    },
    copy(bytes) {
      encode();
      reserve(bytes.byteLength);
      memory.set(bytes, end);
      end += bytes.byteLength;
    },
    release() {
      for (const piece of [...full, memory]) keepPiece(piece);
      full.length = 0;
      memory = Buffer.alloc(0);
    },
  };
}

function takePiece(byteCount: number): Piece {
  return (
    (byteCount <= PIECE_BYTES ? freePieces.pop() : undefined) ??
    Buffer.allocUnsafeSlow(Math.max(byteCount, PIECE_BYTES))
  );
}

/** Whole again; only those of the usual size. */
function keepPiece({ buffer }: Piece): void {
  if (buffer.byteLength === PIECE_BYTES && freePieces.length < FREE_PIECES_MAX) freePieces.push(Buffer.from(buffer));
}
