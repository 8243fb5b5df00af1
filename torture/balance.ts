import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

export interface Metrics {
  /** Over all labels; with labels in the name, of those series. */
  readonly sum: (name: string) => number;
}

export async function readMetrics(client: Client): Promise<Metrics> {
  const { text } = await client.send('GET', '/metrics');
  const series = [...text.matchAll(/^fluoroscope_(\S+) (\S+)$/gm)].map(
    ([, key = '', value]) => [key, Number(value)] as const,
  );
  return {
    sum: (name) =>
      series.reduce(
        (total, [key, value]) =>
          key === name || key.startsWith(`${name}{`) || (name.includes('{') && key.startsWith(name))
            ? total + value
            : total,
        0,
      ),
  };
}

/** received + backlog at start = refused + dropped + stored + duplicate + waiting + backlog; null when it holds. */
export function checkBalance({ sum }: Metrics): string | null {
  const arrived = sum('documents_received_total') + sum('backlog_at_start_documents');
  const parts = {
    refused: sum('documents_refused_total'),
    dropped: sum('documents_dropped_total'),
    stored: sum('documents_stored_total'),
    duplicate: sum('documents_duplicate_total'),
    waiting: sum('waiting_documents'),
    backlog: sum('backlog_documents'),
  };
  const became = Object.values(parts).reduce((total, part) => total + part, 0);
  if (became === arrived) return null;
  const start = sum('backlog_at_start_documents');
  return `balance: ${arrived} arrived (${start} of them before the start), ${became} accounted for: ${JSON.stringify(parts)}`;
}

/** How long the store may take to catch up with the journal. */
const SETTLE_MS_MAX = 120_000;
const ASK_EVERY_MS = 100;

/** Resolves when nothing is under way any more: all that was taken is in the store, refused or dropped. Throws when that does not come. */
export async function settle(client: Client): Promise<Metrics> {
  const untilMs = performance.now() + SETTLE_MS_MAX;
  for (let before = -1; ;) {
    const metrics = await readMetrics(client);
    const underWay = metrics.sum('waiting_documents') + metrics.sum('backlog_documents');
    const received = metrics.sum('datagrams_received_total');
    if (underWay === 0 && received === before) return metrics;
    before = received;
    if (performance.now() > untilMs) throw new Error(`${underWay} documents are still under way`);
    await sleep(ASK_EVERY_MS);
  }
}
