/** Bytes one behind another, in pieces that are never moved. */
export interface ByteWriter {
  /** Of all that was written. */
  readonly length: number;
  readonly pieces: readonly Uint8Array[];
  text(text: string): void;
  /** `write` puts at most `bytesMax` bytes into `memory` from `start` on, and returns where they end. These bytes. */
  raw(bytesMax: number, write: (memory: Uint8Array, start: number) => number): Uint8Array;
  copy(bytes: Uint8Array): void;
}

/** Of a piece: the first is for small answers, each further one is twice as large up to the largest. */
const PIECE_BYTES_FIRST: number = 16 * 1024;
const PIECE_BYTES_MAX: number = 1024 * 1024;

/** Of a UTF-16 unit in UTF-8. */
const UNIT_BYTES_MAX = 3;

export function createByteWriter(): ByteWriter {
  const full: Uint8Array[] = [];
  let fullLength = 0;
  let pieceSize = PIECE_BYTES_FIRST;
  let memory = Buffer.allocUnsafeSlow(pieceSize);
  let end = 0;

  function reserve(byteCount: number): void {
    if (end + byteCount <= memory.byteLength) return;
    if (end > 0) full.push(memory.subarray(0, end));
    fullLength += end;
    pieceSize = Math.min(2 * pieceSize, PIECE_BYTES_MAX);
    memory = Buffer.allocUnsafeSlow(Math.max(byteCount, pieceSize));
    end = 0;
  }

  return {
    get length() {
      return fullLength + end;
    },
    get pieces() {
      return [...full, memory.subarray(0, end)];
    },
    text(text) {
      reserve(text.length * UNIT_BYTES_MAX);
      end += memory.write(text, end);
    },
    raw(bytesMax, write) {
      reserve(bytesMax);
      const start = end;
      end = write(memory, start);
      return memory.subarray(start, end);
    },
    copy(bytes) {
      reserve(bytes.byteLength);
      memory.set(bytes, end);
      end += bytes.byteLength;
    },
  };
}
