import { StoreError } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import type { KnownTraces } from './known-traces.ts';
import { NOTHING_DONE, readAllProgress, type OriginProgress } from './progress.ts';

/** How far each origin has come, as this process knows it. */
export interface Marks {
  /** All that is stored, for an opened store. */
  load(): Promise<void>;
  /** As of the last look or write; looked up when this process does not know. */
  of(origin: string): Promise<OriginProgress>;
  /** As stored. From then on what other processes wrote is known. */
  read(origin: string): Promise<OriginProgress>;
  /** A write of this process starts; until it is done, or if it fails, the server knows more than we do. */
  begin(origin: string): Disposable;
  done(origin: string, now: OriginProgress): void;
  /**
   * Rejects when somebody else writes this origin. Asked after the mark "begun": whoever comes later sees that mark and
   * forms the same batch, so that of two only one writes, or both the same.
   */
  checkAlone(origin: string, sequence: number, before: OriginProgress): Promise<void>;
}

export function createMarks(connection: Connection, known: KnownTraces): Marks {
  const current = new Map<string, OriginProgress>();
  /** Up to where what others wrote of an origin is among the known traces. */
  const loaded = new Map<string, number>();
  /** Writes begun or ended of each origin: what was read across one says nothing of it. */
  const turns = new Map<string, number>();
  const turnOf = (origin: string): number => turns.get(origin) ?? 0;

  async function read(origin: string): Promise<OriginProgress> {
    const before = new Map(turns);
    const stored = await readAllProgress(connection);
    for (const [name, now] of stored) {
      if (turnOf(name) !== (before.get(name) ?? 0) || turnOf(name) % 2 === 1) continue;
      const from = loaded.get(name) ?? 0;
      if (now.begunSequence > from || now.doneSequence > from) await known.loadSince(name, from);
      loaded.set(name, Math.max(now.begunSequence, now.doneSequence));
      current.set(name, now);
    }
    const now = stored.get(origin) ?? NOTHING_DONE;
    // A batch that this process is writing was not left unfinished.
    return turnOf(origin) % 2 === 1 ? { ...now, begunSequence: now.doneSequence } : now;
  }

  return {
    async load() {
      const stored = await readAllProgress(connection);
      await known.loadAll();
      for (const [name, now] of stored) {
        current.set(name, now);
        loaded.set(name, Math.max(now.begunSequence, now.doneSequence));
      }
    },
    read,
    of: async (origin) => current.get(origin) ?? (await read(origin)),
    begin(origin) {
      turns.set(origin, turnOf(origin) + 1);
      current.delete(origin);
      return { [Symbol.dispose]: () => void turns.set(origin, turnOf(origin) + 1) };
    },
    done(origin, now) {
      current.set(origin, now);
      loaded.set(origin, now.doneSequence);
    },
    async checkAlone(origin, sequence, before) {
      const now = (await readAllProgress(connection)).get(origin);
      if (now?.begunSequence === sequence && now.doneSequence === before.doneSequence) return;
      throw new StoreError(
        'failed',
        `another process writes ${origin} too: it has begun the batch that ends with ${now?.begunSequence ?? 0}`,
      );
    },
  };
}
