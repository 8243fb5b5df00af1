import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const INSTALL_STAMP = join(ROOT, 'node_modules', '.fluoroscope-installed');
const BUILD_STAMP = join(ROOT, '.cache', 'built');
const NODE_MIN = [20, 19];

/** Installs the locked packages, unless the lockfile and Node are those of the last time. */
export function ensureInstalled() {
  checkNode();
  const wanted = hash(readFileSync(join(ROOT, 'package-lock.json')), process.versions.modules);
  if (readIfThere(INSTALL_STAMP) === wanted) return;
  console.log('installing packages …');
  run(npmCommand(), ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(INSTALL_STAMP, wanted);
}

/** Builds the program and the console, unless no source has changed since the last time. */
export function ensureBuilt() {
  ensureInstalled();
  const program = hash(...listSources(['packages'], 'console'));
  const consoleSources = hash(...listSources(['packages/console', 'packages/api/src', 'packages/model/src']));
  const built = readIfThere(BUILD_STAMP)?.split('\n') ?? [];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  if (built[0] !== program || !existsSync(join(ROOT, 'packages/cli/dist/main.js'))) {
    console.log('building the program …');
    run(process.execPath, [tsc, '-b']);
  }
  if (built[1] !== consoleSources || !existsSync(join(ROOT, 'packages/console/dist/index.html'))) {
    console.log('building the console …');
    run(process.execPath, [viteBin(), 'build', '--logLevel', 'warn'], join(ROOT, 'packages/console'));
  }
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, `${program}\n${consoleSources}`);
}

/** Runs a command to its end with our own input and output; ends this process with its code when it fails. */
export function run(command, args, cwd = ROOT) {
  const { status, error, signal } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  console.error(`Fluoroscope needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

function viteBin() {
  return join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

/** One line for each file: path, size, time of change. Enough to see that something changed. */
function* listSources(folders, except) {
  for (const folder of folders) {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      if (['dist', 'node_modules', except].includes(entry.name) || entry.name.endsWith('.tsbuildinfo')) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        yield* listSources([path]);
      } else {
        const { size, mtimeMs } = statSync(join(ROOT, path));
        yield `${path} ${size} ${mtimeMs}\n`;
      }
    }
  }
}
