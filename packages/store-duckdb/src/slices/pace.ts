import { MERGE_REST_RATIO, WRITES_RECENT_MS } from '../limits.ts';

/** Lets everything else go first, unless that is too long already: a merge waits between its steps. */
export interface Pace {
  /** To be awaited between steps; rejects with `GivenUp` once `giveUp` was called. */
  pause(): Promise<void>;
  giveUp(): void;
}

export interface PaceOptions {
  readonly isFlushing: () => boolean;
  /** When the last batch came, by `performance.now()`. */
  readonly lastWriteMs: () => number;
  /** The merge must come to its end whatever else there is to do. */
  readonly isUrgent: () => boolean;
}

export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** How often, in ms, to look whether a flush is over. */
const FLUSH_POLL_MS = 20;

/** While batches come it rests as long as the step took, so that half of a core is left to them at least. */
export function createPace({ isFlushing, lastWriteMs, isUrgent }: PaceOptions): Pace {
  let stepStartMs = performance.now();
  let isGivenUp = false;
  let endRest = (): void => {};

  async function rest(ms: number): Promise<void> {
    if (isGivenUp) throw new GivenUp('another matter comes first');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (isGivenUp) throw new GivenUp('another matter comes first');
  }

  return {
    async pause() {
      const nowMs = performance.now();
      const isBusy = nowMs - lastWriteMs() < WRITES_RECENT_MS && !isUrgent();
      await rest(isBusy ? (nowMs - stepStartMs) * MERGE_REST_RATIO : 0);
      while (isFlushing() && !isUrgent()) await rest(FLUSH_POLL_MS);
      stepStartMs = performance.now();
    },
    giveUp() {
      isGivenUp = true;
      endRest();
    },
  };
}
