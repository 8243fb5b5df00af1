import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { secondTriesOf } from './second-tries.mjs';
import { ensureInstalled, ROOT } from './set-up.mjs';

// `.ci/run`: ends with the plain line "N passed, N failed".

const CACHE = join(ROOT, '.cache');
/** Loaded into the applications that people have on any Node. */
const SDKS = ['packages/sdk/', 'packages/compat-', 'packages/opentelemetry/', 'packages/model/'];
/** Where sockets, files, streams, threads and native modules are: what a newer Node may do otherwise. */
const PROGRAMS = [
  'packages/pipeline/',
  'packages/journal/',
  'packages/daemon/',
  'packages/server/',
  'packages/cli/',
  'packages/store-duckdb/src/writer',
  'packages/store-duckdb/src/late-rows',
  'packages/store-duckdb/src/read-connections',
  'packages/store-clickhouse/src/native/',
  'examples/',
];
/** Arithmetic is no different there. */
const OF_NODE = '--project=!arithmetic';
const A_START = ['e2e/start.e2e.ts', '--config', 'vitest.e2e.config.ts', '-t', 'SIGTERM drains'];
/** What also runs on newer Nodes; the registry has each as a package of its own. */
const RUNS_ON_NEWER_NODES = [
  { version: '22', name: 'SDKs', args: [...SDKS, OF_NODE] },
  { version: '22', name: 'a start', args: A_START },
  { version: '24', name: 'SDKs and programs', args: [...SDKS, ...PROGRAMS, OF_NODE] },
  { version: '24', name: 'a start', args: A_START },
];
/** Several times what they need; a run that hangs must end as a failure, not as a CI that never answers. */
const UNIT_MS_MAX = 15 * 60_000;
const INTEROP_MS_MAX = 20 * 60_000;
const FAILURE_CHARS_MAX = 2_000;
const OUTPUT_CHARS_MAX = 16 * 1024 * 1024;
/** Of one test that has the processors only when nothing else wants them. */
const TEST_BEHIND_MS_MAX = 180_000;
const totals = { passed: 0, failed: 0 };
/** Said once more at the end, where they are looked for. */
const failures = [];

rmSync(join(CACHE, 'totals.json'), { force: true });
ensureInstalled();
// Before anything else asks for packages of the system. Where there is none the browser's tests say so.
await findBrowser().catch(() => {});
// What interop needs takes minutes to build, and tests leave the processors idle now and then: at the lowest priority, beside them.
const preparing = spawn('nice', ['-n', '19', process.execPath, join(ROOT, 'interop/prepare-all.mjs')], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'ignore'],
});
let prepared = '';
preparing.stdout.on('data', (text) => (prepared += text));
const hasPrepared = once(preparing, 'close').catch(() => {});
const testCode = await runNode([join(ROOT, 'tools/test.mjs')]);
const tests = readJson(join(CACHE, 'totals.json'));
add(tests?.passed ?? 0, Math.max(tests?.failed ?? 0, testCode === 0 ? 0 : 1));
failures.push(...(tests?.failures ?? ['npm test did not end']));
// Brokers, builds and package managers leave the processors idle too: these run behind interop, whose clients mostly wait.
const newer = testsOnNewerNodes();
await hasPrepared;
console.log(prepared.trimEnd());
add(...(await interop()));
for (const counts of await newer) add(...counts);
for (const failure of failures) console.log(`FAILED: ${failure.slice(0, FAILURE_CHARS_MAX)}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** One after another: what each has passed and failed. */
async function testsOnNewerNodes() {
  const counts = [];
  for (const run of RUNS_ON_NEWER_NODES) counts.push(await testsOn(run));
  return counts;
}

async function testsOn({ version, name: suite, args: chosen }) {
  const node = nodeProgram(version);
  if (node === undefined) {
    failures.push(`Node ${version} cannot be had`);
    return [0, 1];
  }
  const report = join(CACHE, `node${version}.json`);
  rmSync(report, { force: true });
  const told = ['--reporter=json', `--outputFile=${report}`, `--testTimeout=${TEST_BEHIND_MS_MAX}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...chosen, ...told];
  const started = performance.now();
  // Only what fails is of interest here: the same tests have just been shown one by one.
  const { status, signal, stderr } = await runToEnd('nice', ['-n', '10', node, ...args], UNIT_MS_MAX);
  const found = readJson(report) ?? {};
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = found;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${suite} on Node ${version}: ${numPassedTests} passed, ${numFailedTests} failed (${seconds} s)`);
  for (const name of secondTriesOf(found)) console.log(`passed at the second try on Node ${version}: ${name}`);
  for (const { name, message, assertionResults } of testResults) {
    const file = name.replace(ROOT, '');
    if (message) failures.push(`${file}: ${message}`);
    for (const { status: outcome, fullName, failureMessages } of assertionResults) {
      if (outcome === 'failed') failures.push(`${file}: ${fullName}: ${failureMessages.join('\n')}`);
    }
  }
  if (status !== 0 && numFailedTests === 0) {
    failures.push(`vitest on Node ${version} ended with ${status ?? signal}: ${stderr.slice(-4_000)}`);
  }
  // Names that match no test would be a run that passes.
  if (numPassedTests + numFailedTests === 0) failures.push(`${suite} on Node ${version}: no test was found`);
  return [numPassedTests, Math.max(numFailedTests, status === 0 && numPassedTests > 0 ? 0 : 1)];
}

function nodeProgram(version) {
  const folder = join(CACHE, `node${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
  return existsSync(program) ? program : undefined;
}

async function interop() {
  const program = join(ROOT, 'interop/main.mjs');
  const { stdout, stderr, status, signal } = await runToEnd(process.execPath, [program], INTEROP_MS_MAX);
  console.log(stdout);
  console.error(stderr);
  failures.push(...stdout.split('\n').filter((line) => line.startsWith('not ok ')));
  const [, passed = 0, failed = 0] = /interop: (\d+) passed, (\d+) failed/.exec(stdout) ?? [];
  if (status !== 0 && Number(failed) === 0) failures.push(`interop ended with ${status ?? signal}`);
  return [Number(passed), Math.max(Number(failed), status === 0 ? 0 : 1)];
}

function add(passed, failed) {
  totals.passed += passed;
  totals.failed += failed;
}

/** Resolves, so that what is prepared meanwhile can be heard. */
async function runNode(args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/** With the end of what it wrote. */
async function runToEnd(command, args, msMax) {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: msMax,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout = (stdout + text).slice(-OUTPUT_CHARS_MAX)));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-OUTPUT_CHARS_MAX)));
  const [status, signal] = await once(child, 'close');
  return { stdout, stderr, status, signal };
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
