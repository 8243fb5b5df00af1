import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work that others of its thread wait for goes on, in ms, before it lets them go first. */
export const TURN_MS_MAX = 15;

/** Gives way to what else the thread has to do, messages and answers of the engine among it. */
export interface Turns {
  readonly isOver: boolean;
  /** Once `isOver`: goes on when the others had their turn. */
  next(): Promise<void>;
}

export function startTurns(msMax: number = TURN_MS_MAX): Turns {
  let untilMs = performance.now() + msMax;
  return {
    get isOver() {
      return performance.now() >= untilMs;
    },
    async next() {
      await nextTurn();
      untilMs = performance.now() + msMax;
    },
  };
}

/** `take` for each, in turns. */
export async function inTurns<Item>(items: Iterable<Item>, take: (item: Item) => void): Promise<void> {
  const turns = startTurns();
  for (const item of items) {
    take(item);
    if (turns.isOver) await turns.next();
  }
}
