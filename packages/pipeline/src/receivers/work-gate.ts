/**
 * Of requests that are decoded, translated and kept at once, in bytes as they came. What they become is many times that, and with
 * all of them begun and none done it would stay until the last of them is kept.
 */
export const WORK_BYTES_MAX: number = 1024 * 1024;

/** Lets requests in, in the order they came, as long as those at work are not too large together. One that is larger than that goes alone. */
export interface WorkGate {
  run<Answer>(bytes: number, work: () => Promise<Answer>): Promise<Answer>;
}

/** What waits is bounded by who holds the requests' bodies. */
export function createWorkGate(bytesMax: number = WORK_BYTES_MAX): WorkGate {
  let atWork = 0;
  const waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  let firstWaiting = 0;

  function fits(bytes: number): boolean {
    return atWork === 0 || atWork + bytes <= bytesMax;
  }

  function letIn(): void {
    for (let next = waiting[firstWaiting]; next !== undefined && fits(next.bytes); next = waiting[firstWaiting]) {
      firstWaiting += 1;
      atWork += next.bytes;
      next.begin();
    }
    if (firstWaiting < waiting.length) return;
    waiting.length = 0;
    firstWaiting = 0;
  }

  return {
    async run(bytes, work) {
      if (waiting.length === 0 && fits(bytes)) atWork += bytes;
      else await new Promise<void>((begin) => waiting.push({ bytes, begin }));
      try {
        return await work();
      } finally {
        atWork -= bytes;
        letIn();
      }
    },
  };
}
