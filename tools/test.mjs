import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChdb } from './chdb.mjs';
import { secondTriesOf } from './second-tries.mjs';
import { ensureBuilt, ensureInstalled, ROOT } from './set-up.mjs';

// `npm test`: sets up, then runs every check and every test. A step counts as one; a test run, as its tests.
// `npm test -- --unit` leaves the browser out; a name after it is passed to vitest as a filter.

const UNIT_ONLY = process.argv.includes('--unit');
const CACHE = join(ROOT, '.cache');
/** Several times what a suite needs: one that hangs must end as a failure. */
const SUITE_MS_MAX = 20 * 60_000;
const totals = { passed: 0, failed: 0 };
const failures = [];
const secondTries = [];

ensureInstalled();
mkdirSync(CACHE, { recursive: true });
await check('format', 'oxfmt', ['--check', '.']);
await check('types', 'tsc', ['-b']);
await check('types of tests', 'tsc', ['-p', 'tsconfig.test.json']);
await check('types of the console', 'tsc', ['-p', 'packages/console']);
await check('lint', 'oxlint', ['--type-aware', '--deny-warnings']);
await check('dead code', 'knip', []);
ensureBuilt();
prepareEngine();
await suite('unit', ['run']);
if (!UNIT_ONLY) await suite('end to end', ['run', '--config', 'vitest.e2e.config.ts']);

for (const name of secondTries) console.log(`passed at the second try: ${name}`);
for (const failure of failures) console.log(`FAILED: ${failure}`);
writeFileSync(join(CACHE, 'totals.json'), JSON.stringify({ ...totals, failures }));
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** Before the tests, whose time it must not take. Where it cannot be had they fail one by one, saying what is missing. */
function prepareEngine() {
  try {
    findChdb();
  } catch (error) {
    console.log(error.message);
  }
}

async function check(name, command, args) {
  const started = performance.now();
  const { code, output } = await capture(command, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) {
    totals.passed += 1;
    return;
  }
  console.log(output);
  totals.failed += 1;
  failures.push(name);
}

async function suite(name, args) {
  const report = join(CACHE, `${name.replaceAll(' ', '-')}.json`);
  rmSync(report, { force: true });
  const code = await inherit('vitest', [
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counted = readReport(report);
  totals.passed += counted.passed;
  // A run that ends badly without a failed test (a file that does not load, an error outside) is one failure.
  totals.failed += Math.max(counted.failed, code === 0 ? 0 : 1);
  failures.push(...counted.names);
  secondTries.push(...counted.retried);
  if (code !== 0 && counted.failed === 0) failures.push(`${name}: vitest ended with ${code}`);
}

function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const tests = report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map((test) => ({ ...test, name: `${name.replace(ROOT, '')}: ${test.fullName}` })),
    );
    const names = tests.filter(({ status }) => status === 'failed').map(({ name }) => name);
    return { passed: report.numPassedTests, failed: report.numFailedTests, names, retried: secondTriesOf(report) };
  } catch {
    return { passed: 0, failed: 0, names: [], retried: [] };
  }
}

function bin(name) {
  return join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

function inherit(command, args) {
  return new Promise((resolve) => {
    const stdio = ['ignore', 'inherit', 'inherit'];
    const child = spawn(bin(command), args, { cwd: ROOT, stdio, timeout: SUITE_MS_MAX, killSignal: 'SIGKILL' });
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(bin(command), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
