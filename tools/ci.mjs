import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './set-up.mjs';

// `.ci/run`: ends with the plain line "N passed, N failed".

const CACHE = join(ROOT, '.cache');
/** Newer Nodes the unit tests also run on; the registry has each as a package of its own. */
const NODES = ['22', '24'];
const totals = { passed: 0, failed: 0 };

const testCode = runNode([join(ROOT, 'tools/test.mjs')]);
const tests = readJson(join(CACHE, 'totals.json'));
add(tests?.passed ?? 0, Math.max(tests?.failed ?? 0, testCode === 0 ? 0 : 1));
for (const version of NODES) add(...unitTestsOn(version));
add(...interop());
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

function unitTestsOn(version) {
  console.log(`unit tests on Node ${version}`);
  const node = nodeProgram(version);
  if (node === undefined) return [0, 1];
  const report = join(CACHE, `unit-node${version}.json`);
  rmSync(report, { force: true });
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { status } = spawnSync(node, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const { numPassedTests = 0, numFailedTests = 0 } = readJson(report) ?? {};
  return [numPassedTests, Math.max(numFailedTests, status === 0 ? 0 : 1)];
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

function interop() {
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'interop/main.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  console.log(stdout);
  const [, passed = 0, failed = 0] = /interop: (\d+) passed, (\d+) failed/.exec(stdout) ?? [];
  return [Number(passed), Math.max(Number(failed), status === 0 ? 0 : 1)];
}

function add(passed, failed) {
  totals.passed += passed;
  totals.failed += failed;
}

function runNode(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
