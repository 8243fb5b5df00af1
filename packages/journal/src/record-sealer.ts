/** Makes of a record what is written in its place, for a reader that can undo it. */
export interface RecordSealer {
  /** What a sealed record has more than the record; the same for each. */
  readonly overheadBytes: number;
  /** Bound to its sequence: read under another one it is refused. */
  seal(record: Uint8Array, sequence: number): Uint8Array;
}

interface Sealable {
  readonly records: readonly Uint8Array[];
  readonly sealer: RecordSealer | null;
}

/** What sealing adds to so many records. */
export function sealedBytes(sealer: RecordSealer | null, recordCount: number): number {
  return (sealer?.overheadBytes ?? 0) * recordCount;
}

/** The records of each call as they are written, numbered from `first` on. */
export function sealRecords(calls: readonly Sealable[], first: number): readonly (readonly Uint8Array[])[] {
  let next = first;
  return calls.map(({ records, sealer }) => {
    const from = next;
    next += records.length;
    return sealer === null ? records : records.map((record, at) => sealer.seal(record, from + at));
  });
}
