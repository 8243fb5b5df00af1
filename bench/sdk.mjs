import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareNodeOpenTelemetry } from '../interop/sdks/prepare.mjs';

// `node bench/sdk.mjs [segment|express|grpc|memory …]`: what the Node SDK costs, against aws-xray-sdk and OpenTelemetry in the same run. OpenTelemetry's packages
// are installed once, into .cache. It needs a built SDK (`npm run build`).

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'packages/sdk/src');

const BENCHES = {
  segment: (folder) => ['document/segment.bench.ts', folder],
  express: (folder) => ['frameworks/express.bench.ts', '--folder', folder],
  grpc: (folder) => ['grpc/grpc.bench.ts', folder],
  memory: () => ['frameworks/express.bench.ts', '--rounds', '100', '--only', 'bare,ours'],
};

const print = (line) => process.stdout.write(`${line}\n`);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);

const folder = await prepareNodeOpenTelemetry(print);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  print(`\n${name}`);
  const [file, ...options] = BENCHES[name](folder);
  const program = ['--import', 'tsx', '--conditions=source', join(SOURCES, file), ...options];
  const { status } = spawnSync(process.execPath, program, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
