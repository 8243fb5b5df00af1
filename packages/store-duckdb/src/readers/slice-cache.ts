import type { Source } from '../source.ts';

/** What was read of slices, which never change: held until others need the room. Bounded over all stores of the process. */
export interface SliceCache<Value> {
  get(slice: Source, key: string): Value | undefined;
  /** `sizeBytes` is about what it takes. */
  set(slice: Source, key: string, value: Value, sizeBytes: number): void;
  /** Whether it would drive out only what was not used for `idleMs`: where reading is dear, and more is in use than fits. */
  hasRoom(sizeBytes: number, idleMs: number): boolean;
}

/** One value may take this share of the room at most: a large one must not drive out all others. */
const LARGEST_SHARE = 0.25;

/** Without a reference to the slice, so that what is known of one that is gone does not keep it. */
interface Entry<Value> {
  readonly value: Value;
  readonly sizeBytes: number;
  readonly forget: () => void;
  usedMs: number;
}

export function createSliceCache<Value>(
  bytesMax: number,
  nowMs: () => number = () => performance.now(),
): SliceCache<Value> {
  const bySlice = new WeakMap<Source, Map<string, Entry<Value>>>();
  /** The one that was not used for the longest time comes first. */
  const entries = new Set<Entry<Value>>();
  let heldBytes = 0;

  function drop(entry: Entry<Value>): void {
    entry.forget();
    entries.delete(entry);
    heldBytes -= entry.sizeBytes;
  }

  return {
    get(slice, key) {
      const entry = bySlice.get(slice)?.get(key);
      if (entry === undefined) return undefined;
      entry.usedMs = nowMs();
      entries.delete(entry);
      entries.add(entry);
      return entry.value;
    },
    set(slice, key, value, sizeBytes) {
      const ofSlice = bySlice.get(slice) ?? new Map<string, Entry<Value>>();
      bySlice.set(slice, ofSlice);
      const before = ofSlice.get(key);
      if (before !== undefined) drop(before);
      if (sizeBytes > bytesMax * LARGEST_SHARE) return;
      const entry = { value, sizeBytes, forget: () => ofSlice.delete(key), usedMs: nowMs() };
      ofSlice.set(key, entry);
      entries.add(entry);
      heldBytes += sizeBytes;
      for (const oldest of entries) {
        if (heldBytes <= bytesMax) break;
        drop(oldest);
      }
    },
    hasRoom(sizeBytes, idleMs) {
      let roomBytes = bytesMax - heldBytes;
      for (const oldest of entries) {
        if (roomBytes >= sizeBytes || nowMs() - oldest.usedMs < idleMs) break;
        roomBytes += oldest.sizeBytes;
      }
      return roomBytes >= sizeBytes;
    },
  };
}
