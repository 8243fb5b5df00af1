import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlagError, HELP, readFlags } from './flags.js';
import { randomFrom } from './random.js';
import { startStack } from './stack.js';
import { sendTraffic } from './traffic/traffic.js';

const USE_ERROR = 2;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.isHelp) console.log(HELP);
  else await run(flags);
  process.exit();
} catch (error) {
  console.error(`serverless: ${error.message}`);
  process.exit(error instanceof FlagError ? USE_ERROR : 1);
}

/** Runs the stack until a signal or the end of --seconds. */
async function run({ apiPort, rate, seed, certificateErrors, dataDir, seconds, hasTraffic }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ends = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal }));
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'fluoroscope-serverless-'));
  let traffic;
  try {
    const stack = await startStack({ dataDir: folder, apiPort, certificateErrors, random: randomFrom(seed) });
    try {
      for (const [name, url] of Object.entries(stack.listening)) console.log(`${name} listening on ${url}`);
      console.log(`ready in ${Math.round(performance.now())} ms`);
      if (seconds > 0) ends.push(sleep(seconds * 1000, undefined, { signal }));
      if (hasTraffic) {
        const random = randomFrom(seed + 1);
        traffic = sendTraffic({ url: stack.listening.api, rate, random, signal, print: console.log });
        ends.push(traffic);
      }
      await Promise.race(ends);
    } finally {
      stopping.abort();
      await stack.stop();
      // Its last report: a visitor who waits for an answer learns by now that none will come.
      await traffic;
    }
  } finally {
    if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
