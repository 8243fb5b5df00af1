import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { eventually, makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

const CYCLES = 8;
const DOCUMENTS_A_CALL = 20;
const SENDERS = 4;
/** Keeps the number of traces that must be read back afterwards in the thousands. */
const PAUSE_MS = 20;

const dataDir = makeFolder();
afterAll(() => removeFolder(dataDir));

test('kill -9 at any moment loses nothing acknowledged, doubles nothing, invents nothing', async () => {
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const program = await startProgram(serveFlags(dataDir));
    const senders = Array.from({ length: SENDERS }, () => sendUntilKilled(program, sent, acknowledged));
    await new Promise((resolve) => setTimeout(resolve, 100 + cycle * 130));
    await program.stop('SIGKILL');
    await Promise.all(senders);
  }
  expect(acknowledged.size).toBeGreaterThan(CYCLES * DOCUMENTS_A_CALL);

  const program = await startProgram(serveFlags(dataDir));
  await eventually(
    async () => (await (await fetch(`http://${program.http}/api/status`)).json()) as { backlogCount: number },
    ({ backlogCount }) => backlogCount === 0,
  );
  const found = await listTraces(program);
  await program.stop();
  expect([...acknowledged].filter((id) => !found.includes(id))).toEqual([]);
  expect(found.filter((id) => !sent.has(id))).toEqual([]);
  expect(found.length).toBe(new Set(found).size);
});

async function sendUntilKilled(program: Program, sent: Set<string>, acknowledged: Set<string>): Promise<void> {
  try {
    for (;;) {
      const ids = Array.from(
        { length: DOCUMENTS_A_CALL },
        () => `1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')}`,
      );
      for (const id of ids) sent.add(id);
      const answer = await post(program.http, '/TraceSegments', { TraceSegmentDocuments: ids.map(makeDocument) });
      expect(answer['UnprocessedTraceSegments']).toEqual([]);
      for (const id of ids) acknowledged.add(id);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } catch (error) {
    // The connection dies with the process; anything else is a fault.
    if (!(error instanceof TypeError)) throw error;
  }
}

function makeDocument(traceId: string): string {
  const now = Date.now() / 1000;
  const id = randomBytes(8).toString('hex');
  return JSON.stringify({ trace_id: traceId, id, name: 'shop', start_time: now - 0.1, end_time: now });
}

async function listTraces({ http }: Program): Promise<readonly string[]> {
  const now = Date.now() / 1000;
  const ids: string[] = [];
  let token: unknown;
  do {
    const page = await post(http, '/TraceSummaries', { StartTime: now - 3600, EndTime: now + 60, NextToken: token });
    ids.push(...(page['TraceSummaries'] as readonly { Id: string }[]).map(({ Id }) => Id));
    token = page['NextToken'];
  } while (token !== undefined);
  return ids;
}
