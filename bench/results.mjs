import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureParseUs } from './yardstick.mjs';

const FOLDER = fileURLToPath(new URL('results/', import.meta.url));

/** One file for each run of a scenario: with what, of what, where. Files are only ever added. */
export function keepResult(checkout, { scenario, variant, ...result }) {
  mkdirSync(FOLDER, { recursive: true });
  const at = new Date().toISOString().slice(0, 19);
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    parseUs: measureParseUs(),
  };
  const name = [scenario, ...Object.values(variant), at.replaceAll(':', '')].join('-');
  const kept = { scenario, variant, at, commit: commitOf(checkout), machine, ...result };
  writeFileSync(`${FOLDER}${name}.json`, `${JSON.stringify(kept, null, 2)}\n`);
}

/** Oldest first. */
export function readResults() {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** With a `+` when files differ from it. */
export function commitOf(checkout) {
  try {
    const git = (...args) => execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
    const changed = git('status', '--porcelain', '--', 'packages') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
