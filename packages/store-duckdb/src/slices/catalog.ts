import type { TimeUs, TraceId } from '@fluoroscope/model';
import type { Snapshot, Source } from '../source.ts';
import type { Head } from '../head.ts';
import { hashId, type IdHash } from './bloom.ts';
import type { Slice } from './slice.ts';

/** All sources that reads may see, and how long each must stay. Changes only inside the gate. */
export interface Catalog {
  /** Oldest first. */
  readonly sources: readonly (Head | Slice)[];
  readonly slices: readonly Slice[];
  /** The newest arrival among the slices that were let go; null before. */
  readonly retainedFromUs: TimeUs | null;
  retainFrom(us: TimeUs | null): void;
  /** What a read that begins now sees. */
  take(): Sight;
  mayKnow(id: TraceId): boolean;
  /** Leaves this head out; `hash` is that of the id. */
  mayKnowBefore(head: Head, id: TraceId, hash: IdHash): boolean;
  /** Older than any head that was added: slices come first. */
  add(source: Head | Slice): void;
  /** Puts `by` in the place of these, which are adjacent; null lets go of them. `free` runs for each once no read uses it. */
  replace(old: readonly (Head | Slice)[], by: Slice | null, free: (source: Head | Slice) => Promise<void>): void;
  /** Once all that can be freed is. */
  settled(): Promise<void>;
}

/** None of its sources is freed until it is released. */
export type Sight = Pick<Snapshot, 'sources' | 'retainedFromUs'> & Disposable;

/** `failed` is told when freeing a source did not work; what is left of it goes at the next start. */
export function createCatalog(failed: (error: unknown) => void): Catalog {
  let sources: readonly (Head | Slice)[] = [];
  let retainedFromUs: TimeUs | null = null;
  const uses = createUses(failed);

  return {
    get retainedFromUs() {
      return retainedFromUs;
    },
    retainFrom(us) {
      retainedFromUs = us;
    },
    get sources() {
      return sources;
    },
    get slices() {
      return sources.filter((source) => source.kind === 'slice');
    },
    take() {
      return { sources, retainedFromUs, [Symbol.dispose]: uses.take(sources) };
    },
    mayKnow(id) {
      const hash = hashId(id);
      return sources.some((source) => mayHold(source, id, hash));
    },
    mayKnowBefore(head, id, hash) {
      return sources.some((source) => source !== head && mayHold(source, id, hash));
    },
    add(source) {
      sources = [...sources, source];
    },
    replace(old, by, free) {
      const [first] = old;
      const at = first === undefined ? -1 : sources.indexOf(first);
      if (at < 0 || old.some((source, index) => sources[at + index] !== source)) {
        throw new TypeError('only adjacent sources can be replaced');
      }
      sources = [...sources.slice(0, at), ...(by === null ? [] : [by]), ...sources.slice(at + old.length)];
      for (const source of old) uses.end(source, () => free(source));
    },
    settled: () => uses.settled(),
  };
}

function mayHold(source: Head | Slice, id: TraceId, hash: IdHash): boolean {
  return source.mayHold(hash) && (source.kind === 'slice' || source.mayKnow(id));
}

/** How many reads use each source. */
interface Uses {
  /** Gives what ends the use. */
  take(sources: readonly Source[]): () => void;
  /** No read will take this source any more: `free` runs once none uses it, one after another. */
  end(source: Source, free: () => Promise<void>): void;
  settled(): Promise<void>;
}

function createUses(failed: (error: unknown) => void): Uses {
  const readCounts = new Map<Source, number>();
  const ended = new Map<Source, () => Promise<void>>();
  let freeing: Promise<void> = Promise.resolve();

  function freeIfUnused(source: Source): void {
    const free = ended.get(source);
    if (free === undefined || readCounts.has(source)) return;
    ended.delete(source);
    freeing = freeing.then(free).catch(failed);
  }

  return {
    take(sources) {
      for (const source of sources) readCounts.set(source, (readCounts.get(source) ?? 0) + 1);
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        for (const source of sources) {
          const readCount = readCounts.get(source) ?? 0;
          if (readCount > 1) readCounts.set(source, readCount - 1);
          else readCounts.delete(source);
          freeIfUnused(source);
        }
      };
    },
    end(source, free) {
      ended.set(source, free);
      freeIfUnused(source);
    },
    settled: () => freeing,
  };
}
