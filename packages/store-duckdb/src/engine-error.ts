import { StoreError } from '@fluoroscope/store';

// The engine tells its reasons in words only.
const LOCKED = /could not set lock|conflicting lock|being used by another process|file handle conflict/i;
const OTHER_VERSION = /version number|newer version of DuckDB|older version of DuckDB/i;
const DAMAGED =
  /not a valid DuckDB database|corrupt|checksum|could not read enough bytes|serialization error|replaying WAL/i;

/** For what went wrong while opening. */
export function toOpenError(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const options = { cause: error };
  if (LOCKED.test(message)) {
    const [, pid] = /PID (\d+)/.exec(message) ?? [];
    const owner = pid === undefined ? 'another process' : `process ${pid}`;
    return new StoreError('locked', `${file} is in use by ${owner}`, options);
  }
  if (OTHER_VERSION.test(message)) {
    return new StoreError(
      'unknown-version',
      `${file} was written by another version of the engine: ${message}`,
      options,
    );
  }
  if (DAMAGED.test(message)) return new StoreError('corrupt', `${file} is damaged: ${message}`, options);
  return new StoreError('unreadable', `${file} cannot be opened: ${message}`, options);
}

/** Whatever the engine does not understand of a file that we wrote is damage. */
export function toSliceError(file: string, error: unknown): StoreError {
  const known = toOpenError(file, error);
  if (error instanceof StoreError || known.code !== 'unreadable') return known;
  return new StoreError('corrupt', `${file} is damaged: ${known.message}`, { cause: error });
}

/** For a read or a write. */
export function toCallError(call: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  return new StoreError(DAMAGED.test(message) ? 'corrupt' : 'failed', `${call}: ${message}`, { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
