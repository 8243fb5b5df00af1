import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
const TICKS_PER_SECOND = 100;
/** So that the program's own V8 and the engine's threads share one core, as the figure asks. */
const CAN_PIN = spawnSync('taskset', ['-V']).status === 0;

/** Starts a fresh `fluoroscope serve` on free ports and a folder of its own; `oneCore` pins it. */
export async function startServer({
  flags = [],
  oneCore = false,
  dataDir = mkdtempSync(join(tmpdir(), 'fluoroscope-bench-')),
} = {}) {
  const serve = [
    PROGRAM,
    'serve',
    '--http-listen',
    '127.0.0.1:0',
    '--udp-listen',
    '127.0.0.1:0',
    '--data-dir',
    dataDir,
    '--log-level',
    'error',
    ...flags,
  ];
  const pinned = oneCore && CAN_PIN;
  const child = pinned ? spawn('taskset', ['-c', '0', process.execPath, ...serve]) : spawn(process.execPath, serve);
  const addresses = await readAddresses(child);
  return {
    ...addresses,
    dataDir,
    pinned,
    pid: child.pid,
    cpuSeconds: () => cpuSeconds(child.pid),
    residentMb: () => residentMb(child.pid),
    metric: async (name) => metric(addresses.http, name),
    async stop() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function readAddresses(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const onData = (data) => {
      output += data;
      const http = /http listening on (\S+)/.exec(output)?.[1];
      const udp = /udp listening on (\S+)/.exec(output)?.[1];
      const ready = /ready in (\d+) ms/.exec(output)?.[1];
      if (ready !== undefined) resolve({ http, udp, readyMs: Number(ready) });
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}

/** User and system time of the process, all threads. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** The sum of a metric over its labels. */
async function metric(address, name) {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
