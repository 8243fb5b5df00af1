import { openClient } from './client.ts';
import { descriptorCount, residentMb, type Server } from './server.ts';

/** What a process was like, each moment that it was looked at. */
export interface Sample {
  readonly atSeconds: number;
  readonly residentMb: number;
  readonly descriptors: number;
  readonly healthMs: number;
}

export interface Watch {
  readonly samples: readonly Sample[];
  readonly stop: () => Promise<void>;
}

/** Looks at memory, descriptors and health, on a connection of its own. */
export function watchServer({ http, pid }: Server, everyMs: number): Watch {
  const client = openClient(http, 1);
  const samples: Sample[] = [];
  const startedMs = performance.now();
  const over = new AbortController();
  const running = (async () => {
    while (!over.signal.aborted) {
      const askedMs = performance.now();
      const { status } = await client.send('GET', '/healthz');
      const healthMs = status === 200 ? performance.now() - askedMs : Number.POSITIVE_INFINITY;
      const atSeconds = (performance.now() - startedMs) / 1_000;
      samples.push({ atSeconds, residentMb: residentMb(pid), descriptors: descriptorCount(pid), healthMs });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    samples,
    async stop() {
      over.abort();
      await running;
      client.close();
    },
  };
}

/** The value that this share of all lies below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** By least squares: how much memory grows in an hour, as a share of what it is. */
export function slopePerHour(samples: readonly Sample[]): number {
  const mean = (pick: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / samples.length;
  const at = mean(({ atSeconds }) => atSeconds);
  const size = mean((sample) => sample.residentMb);
  let up = 0;
  let across = 0;
  for (const { atSeconds, residentMb: mb } of samples) {
    up += (atSeconds - at) * (mb - size);
    across += (atSeconds - at) ** 2;
  }
  return across === 0 ? 0 : ((up / across) * 3_600) / size;
}
