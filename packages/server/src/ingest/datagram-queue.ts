import { setImmediate as nextTurn } from 'node:timers/promises';
import { turnsOf } from './turns.ts';

/**
 * Between sockets that nobody may make wait and the journal. Work is done in turns, with the sockets read in
 * between, so that a burst waits here and not in the kernel's small buffer.
 */
export interface DatagramQueue {
  /** False, and the text is not taken, when it would make more wait than may. */
  readonly offer: (text: string) => boolean;
  /** Resolves when nothing waits. */
  readonly drain: () => Promise<void>;
}

export interface DatagramQueueOptions {
  /** Called in order, without waiting for the call before to end. Must not reject. */
  readonly take: (texts: readonly string[]) => Promise<void>;
  /** Of all texts that are offered and not yet taken to the end. */
  readonly waitingCharsMax: number;
}

export function createDatagramQueue({ take, waitingCharsMax }: DatagramQueueOptions): DatagramQueue {
  const running = new Set<Promise<void>>();
  let offered: string[] = [];
  let waitingChars = 0;
  let isTaking = false;

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function takeAll(): Promise<void> {
    while (offered.length > 0) {
      await nextTurn();
      const texts = offered;
      offered = [];
      let isFirst = true;
      for (const turn of turnsOf(texts)) {
        if (!isFirst) await nextTurn();
        isFirst = false;
        track(takeSome(turn));
      }
    }
    isTaking = false;
  }

  async function takeSome(texts: readonly string[]): Promise<void> {
    await take(texts);
    for (const text of texts) waitingChars -= text.length;
  }

  return {
    offer(text) {
      if (waitingChars + text.length > waitingCharsMax) return false;
      waitingChars += text.length;
      offered.push(text);
      if (!isTaking) {
        isTaking = true;
        track(takeAll());
      }
      return true;
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
