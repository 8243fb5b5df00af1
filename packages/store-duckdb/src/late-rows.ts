import type { TraceId } from '@fluoroscope/model';
import type { ChangedTrace } from '@fluoroscope/store';
import { WAITING_ENTITIES_MAX, WAITING_QUIET_MS, WAITING_ROWS_MAX } from './limits.ts';

interface Waiting {
  readonly changed: ChangedTrace;
  readonly entityCount: number;
  readonly sinceMs: number;
}

/**
 * Traces that have changed, and whose rows are not written yet. Most traces come in pieces, over seconds: a row with all of a trace's
 * annotations, made and written anew for each piece, was most of what a span cost.
 */
export class LateRows {
  /** Least recently changed first. */
  readonly #waiting = new Map<TraceId, Waiting>();
  #entityCount = 0;

  get size(): number {
    return this.#waiting.size;
  }

  add(traces: readonly ChangedTrace[], nowMs: number): void {
    for (const changed of traces) {
      const { traceId, entityCount } = changed;
      this.#drop(traceId);
      this.#waiting.set(traceId, { changed, entityCount, sinceMs: nowMs });
      this.#entityCount += entityCount;
    }
  }

  /** Not changed again since. */
  has(changed: ChangedTrace): boolean {
    return this.#waiting.get(changed.traceId)?.changed === changed;
  }

  all(): readonly ChangedTrace[] {
    return Array.from(this.#waiting.values(), ({ changed }) => changed);
  }

  /** What has been quiet, and of the rest the least recently changed while too much would wait beside `next`; none of those in `next`. */
  due(nowMs: number, next: readonly ChangedTrace[]): readonly ChangedTrace[] {
    const changing = new Set<TraceId>();
    let { size: count } = this;
    let entityCount = this.#entityCount;
    for (const { traceId, entityCount: added } of next) {
      changing.add(traceId);
      const before = this.#waiting.get(traceId);
      count += before === undefined ? 1 : 0;
      entityCount += added - (before?.entityCount ?? 0);
    }
    const due: ChangedTrace[] = [];
    for (const waiting of this.#waiting.values()) {
      const isTooMuch = count > WAITING_ROWS_MAX || entityCount > WAITING_ENTITIES_MAX;
      if (!isTooMuch && nowMs - waiting.sinceMs < WAITING_QUIET_MS) break;
      if (changing.has(waiting.changed.traceId)) continue;
      due.push(waiting.changed);
      count -= 1;
      entityCount -= waiting.entityCount;
    }
    return due;
  }

  /** Their rows are written. */
  remove(written: readonly ChangedTrace[]): void {
    for (const { traceId } of written) this.#drop(traceId);
  }

  #drop(id: TraceId): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#entityCount -= waiting.entityCount;
    this.#waiting.delete(id);
  }
}
