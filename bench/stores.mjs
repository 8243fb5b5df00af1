import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './children.mjs';
import { temporaryFolder } from './folders.mjs';

const HOUR_US = 3_600e6;
/** D2 as Jaeger's recipe has it; D5 within what a map of six hours shows. */
const RANGE_US = { D1: HOUR_US, D2: 240 * HOUR_US, D5: 6 * HOUR_US, 'D5-500': 6 * HOUR_US };

const made = new Map();

/**
 * A data folder with so many spans of this data, filled once for all scenarios of this run. With `keep`, a folder, it is
 * left there and taken again by the next run; retention counts from when the documents arrived.
 */
export function prepareStore({ checkout, data, spans, seed, keep }) {
  const name = `${data}-${spans}-${seed}`;
  const key = `${checkout} ${name}`;
  const store = made.get(key) ?? fill({ checkout, data, spans, seed, dataDir: join(keep ?? temporaryFolder(), name) });
  made.set(key, store);
  return store;
}

async function fill({ checkout, data, spans, seed, dataDir }) {
  const done = join(dataDir, 'loaded.json');
  if (existsSync(done)) return { dataDir, loaded: JSON.parse(readFileSync(done, 'utf8')) };
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const rangeUs = RANGE_US[data];
  const startUs = Math.floor((Date.now() * 1000 - rangeUs) / 60e6 - 5) * 60e6;
  console.log(`  filling a store with ${spans.toLocaleString('en')} spans of ${data} …`);
  const loaded = await runProcess('load-store', { checkout, data, spans, seed, startUs, rangeUs, dataDir });
  console.log(`  ${JSON.stringify(loaded)}`);
  return { dataDir, loaded };
}

/** Runs one of `processes/` to its end, or until it kills itself; resolves with what its last line says. */
export function runProcess(name, settings) {
  const program = fileURLToPath(new URL(`processes/${name}.mjs`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endWithUs(child);
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL'
        ? resolve(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''))
        : reject(new Error(`${name} ended with ${code ?? signal}: ${output.slice(-2_000)}`)),
    );
  });
}
