import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './set-up.mjs';

// ClickHouse's engine as a library, for tests only: half a gigabyte, so it is no dependency of any package.

const VERSION = '3.4.0';
const ENGINE_VERSION = '26.7.3-stable.1';
/** What the engine is built for: platform, processor → package. */
const ENGINES = {
  'linux x64': '@chdb/lib-linux-x64-gnu',
  'linux arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin x64': '@chdb/lib-darwin-x64',
  'darwin arm64': '@chdb/lib-darwin-arm64',
};
const FOLDER = join(ROOT, '.cache', 'chdb');
const INSTALL_MS_MAX = 10 * 60_000;

/** The folder in which `require('chdb')` works; installs it there once. Throws, saying what is missing. */
export function findChdb() {
  const engine = ENGINES[`${process.platform} ${process.arch}`];
  if (engine === undefined || isMusl()) {
    throw new Error(
      `The ClickHouse tests run on the engine of the package chdb, which is not made for ${process.platform} ${process.arch}${isMusl() ? ' (musl)' : ''}. It is made for: ${Object.keys(ENGINES).join(', ')} (Linux with glibc).`,
    );
  }
  // One name for each pair of versions: what another version of this file installed is left alone.
  const folder = join(FOLDER, `${VERSION}-${ENGINE_VERSION}`);
  if (isThere(folder, engine)) return folder;
  mkdirSync(FOLDER, { recursive: true });
  locked(`${folder}.lock`, () => {
    if (!isThere(folder, engine)) install(folder, engine);
  });
  if (isThere(folder, engine)) return folder;
  throw new Error(
    `The ClickHouse tests need the packages chdb@${VERSION} and ${engine}@${ENGINE_VERSION} (180 MB), and npm could not install them into ${folder}: see its message above. They are installed once; afterwards the tests run offline.`,
  );
}

function isThere(folder, engine) {
  return existsSync(join(folder, 'complete')) && existsSync(join(folder, 'node_modules', engine, 'package.json'));
}

function install(folder, engine) {
  console.log("installing ClickHouse's engine for the tests (180 MB, once) …");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const packages = [`chdb@${VERSION}`, `${engine}@${ENGINE_VERSION}`];
  const { status } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--save-exact', ...packages],
    { cwd: folder, stdio: 'inherit', timeout: INSTALL_MS_MAX },
  );
  if (status === 0) writeFileSync(join(folder, 'complete'), '');
}

/** Two test runs may come here at once: a folder is made by one of them only. A lock left by a crash ends after a while. */
function locked(lock, run) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (ageMs(lock) > INSTALL_MS_MAX) rmdirSync(lock, { recursive: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  try {
    run();
  } finally {
    rmdirSync(lock);
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function isMusl() {
  return process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}
