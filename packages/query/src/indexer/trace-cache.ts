import type { TraceId } from '@fluoroscope/model';
import type { TraceState } from './trace-state.ts';

/** Recent traces; the least recently touched goes first when their entities are too many. */
export class TraceCache {
  readonly #entitiesMax: number;
  /** Least recently touched first. */
  readonly #traces = new Map<TraceId, TraceState>();
  #entityCount = 0;
  /** By the change that runs, or ran last. */
  #touched = new Set<TraceState>();

  constructor(entitiesMax: number) {
    this.#entitiesMax = entitiesMax;
  }

  get entityCount(): number {
    return this.#entityCount;
  }

  has(id: TraceId): boolean {
    return this.#traces.has(id);
  }

  /**
   * Nothing is evicted during a change, only after it. Should it throw, all is dropped: a fault half-way through
   * would leave traces that say more than was handed out.
   */
  change<Result>(work: () => Result): Result {
    this.#touched = new Set();
    try {
      const result = work();
      this.#evict();
      return result;
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  touch(id: TraceId, make: () => TraceState): TraceState {
    let state = this.#traces.get(id);
    if (state === undefined) {
      state = make();
      this.#entityCount += state.entityCount;
    } else {
      this.#traces.delete(id);
    }
    this.#traces.set(id, state);
    this.#touched.add(state);
    return state;
  }

  /** A trace in here has so many more entities now. */
  grow(entityCount: number): void {
    this.#entityCount += entityCount;
  }

  /** What changed last may not be stored: who still holds it must know. */
  clear(): void {
    for (const state of this.#touched) state.isAhead = true;
    this.#touched.clear();
    this.#traces.clear();
    this.#entityCount = 0;
  }

  #evict(): void {
    for (const [id, state] of this.#traces) {
      if (this.#entityCount <= this.#entitiesMax) return;
      this.#traces.delete(id);
      this.#entityCount -= state.entityCount;
    }
  }
}
