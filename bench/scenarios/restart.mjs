import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../folders.mjs';
import { round } from '../numbers.mjs';
import { startSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { countFoundSegments, drain } from '../settle.mjs';
import { prepareStore, runProcess } from '../stores.mjs';

/**
 * P14. A store with millions of spans: closed in order; killed (kill -9) under as much load as it takes; with a journal
 * filled to its limit by a process that was killed, as after a store that has stood still.
 */
export async function restart(options) {
  const prepared = await prepareStore({ ...options, data: 'D2' });
  const dataDir = join(temporaryFolder(), 'restart');
  const afresh = () => {
    rmSync(dataDir, { recursive: true, force: true });
    cpSync(prepared.dataDir, dataDir, { recursive: true });
  };
  try {
    afresh();
    const inOrder = await upAgain({ checkout: options.checkout, dataDir });
    const killed = await killUnderLoad({ ...options, dataDir });
    afresh();
    const full = await fillJournal({ ...options, dataDir });
    return {
      figures: {
        spans: prepared.loaded.spans,
        ...named('clean', inOrder),
        ...named('killed', killed),
        ...named('full', full),
      },
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function upAgain({ checkout, dataDir }) {
  const server = await startServer({ checkout, dataDir });
  await server.stop();
  const again = await startServer({ checkout, dataDir });
  await again.stop();
  return { readyMs: again.upMs };
}

async function killUnderLoad({ checkout, seed, seconds, dataDir }) {
  const server = await startServer({ checkout, dataDir });
  const sender = await startSender({ address: server.http, data: 'D1', seed });
  const sending = sender.send(seconds * 2);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { journalBytes } = await server.status();
  await server.kill();
  const killedMs = performance.now();
  const sent = await sending;
  await sender.stop();
  const { documents: acknowledged, startSeconds, endSeconds } = sent;
  return comeBack({ checkout, dataDir, killedMs, acknowledged, startSeconds, endSeconds, journalBytes });
}

async function fillJournal({ checkout, seed, dataDir, journalBytes = 2 ** 30 }) {
  const filled = await runProcess('fill-journal', { checkout, seed, dataDir, sizeBytes: journalBytes });
  const { documents: acknowledged, startSeconds, endSeconds, journalBytes: filledBytes } = filled;
  const killedMs = performance.now();
  return comeBack({
    checkout,
    dataDir,
    killedMs,
    acknowledged,
    startSeconds,
    endSeconds,
    journalBytes: filledBytes,
  });
}

/** Up again, with everything that was acknowledged. */
async function comeBack({ checkout, dataDir, killedMs, acknowledged, startSeconds, endSeconds, journalBytes }) {
  const server = await startServer({ checkout, dataDir });
  try {
    await drain(server);
    const visibleMs = performance.now() - killedMs;
    const found = await countFoundSegments(server.http, startSeconds - 60, endSeconds + 60);
    return {
      readyMs: server.upMs,
      visibleSeconds: round(visibleMs / 1000, 1),
      journalMb: round(journalBytes / 2 ** 20),
      acknowledged,
      lost: Math.max(0, acknowledged - found),
    };
  } finally {
    await server.stop();
  }
}

function named(name, figures) {
  return Object.fromEntries(Object.entries(figures).map(([figure, value]) => [`${name} ${figure}`, value]));
}
