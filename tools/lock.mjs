import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './set-up.mjs';

// `npm run lock`: makes package-lock.json anew from the manifests, for every platform, whatever is installed here.
//
// Programs that ship a binary for each platform list them as optional packages. npm leaves out of the lockfile those
// that the registry in use does not have, and then `npm ci` refuses the file everywhere. They are entered by
// name: npm skips what is for another platform, and fetches by version what is for this one.

const PLATFORM =
  /[-/](android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32)-(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-(gnu|gnueabihf|musl|musleabihf|eabi|msvc))?$/;
const WASM = /-(wasm32)(?:-wasi)?$/;

const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-lock-'));
try {
  for (const manifest of manifests()) {
    mkdirSync(dirname(join(folder, manifest)), { recursive: true });
    cpSync(join(ROOT, manifest), join(folder, manifest));
  }
  cpSync(join(ROOT, '.npmrc'), join(folder, '.npmrc'));
  const { status } = spawnSync('npm', ['install', '--package-lock-only', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const added = complete(lock.packages);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(ROOT, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${Object.keys(lock.packages).length} packages, ${added} of them entered by name`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function manifests() {
  const rooms = readdirSync(join(ROOT, 'packages')).map((room) => `packages/${room}/package.json`);
  const examples = readdirSync(join(ROOT, 'examples')).map((example) => `examples/${example}/package.json`);
  return ['package.json', ...rooms, ...examples];
}

function complete(packages) {
  let added = 0;
  for (const entry of Object.values(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (packages[path] !== undefined || platform === undefined) continue;
      packages[path] = { version, ...platform, ...(entry.dev === true && { dev: true }), optional: true };
      added += 1;
    }
  }
  return added;
}

function platformOf(name) {
  if (WASM.test(name)) return { cpu: ['wasm32'] };
  const [, os, cpu, abi] = PLATFORM.exec(name) ?? [];
  if (os === undefined) return undefined;
  const libc =
    os !== 'linux' ? undefined : abi?.startsWith('musl') ? ['musl'] : abi?.startsWith('gnu') ? ['glibc'] : undefined;
  return { cpu: [cpu], ...(libc !== undefined && { libc }), os: [os] };
}
