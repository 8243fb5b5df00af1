import { createClient } from './client.mjs';
import { sleep } from './numbers.mjs';

const DRAIN_MS_MAX = 600_000;
const STORED_MS_MAX = 30_000;
const IDLE_MS = 2_000;
const IDLE_MS_MAX = 120_000;
/** Of one core. */
const IDLE_SHARE = 0.03;

/** Until everything acknowledged is stored, and what the store does behind it is done too. False when it never is. */
export async function settle(server, idleMsMax = IDLE_MS_MAX) {
  await drain(server);
  return untilIdle(server.cpuSeconds, idleMsMax);
}

export async function drain(server) {
  const untilMs = performance.now() + DRAIN_MS_MAX;
  while ((await server.status()).backlogCount > 0) {
    if (performance.now() > untilMs) throw new Error(`the backlog did not drain within ${DRAIN_MS_MAX} ms`);
    await sleep(50);
  }
}

/** Documents in the store, which tells of a while before as long as it is at work: asked until there are so many, or not in half a minute. */
export async function countStored(server, wanted) {
  const untilMs = performance.now() + STORED_MS_MAX;
  for (;;) {
    const { documentCount } = await server.status();
    if (documentCount >= wanted || performance.now() > untilMs) return documentCount;
    await sleep(500);
  }
}

export async function untilIdle(readCpuSeconds, idleMsMax = IDLE_MS_MAX) {
  const untilMs = performance.now() + idleMsMax;
  let before = readCpuSeconds();
  while (performance.now() < untilMs) {
    await sleep(IDLE_MS);
    const now = readCpuSeconds();
    if (now - before < (IDLE_SHARE * IDLE_MS) / 1000) return true;
    before = now;
  }
  return false;
}

/** Segments that GetServiceGraph finds in this time: each is counted once, at the node of its own service. */
export async function countFoundSegments(address, fromSeconds, toSeconds) {
  const client = createClient(address);
  let count = 0;
  let NextToken;
  do {
    const page = await client.post('/ServiceGraph', { StartTime: fromSeconds, EndTime: toSeconds, NextToken });
    for (const { State, SummaryStatistics } of page.Services) {
      if (State === 'active') count += SummaryStatistics?.TotalCount ?? 0;
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  client.close();
  return count;
}
