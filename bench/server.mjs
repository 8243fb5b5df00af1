import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { HERE, programOf } from './checkout.mjs';
import { endWithUs } from './children.mjs';
import { temporaryFolderFor } from './folders.mjs';
import { cpuSeconds, peakResidentMb, residentMb, threadSeconds } from './process-figures.mjs';

const CAN_PIN = spawnSync('taskset', ['-V']).status === 0;

/** So that all threads of a program share the cores that a figure speaks of. */
export function pinned(core, command, args) {
  return CAN_PIN && core !== null ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/**
 * Starts a fresh `fluoroscope serve` on free ports, in a folder of its own unless one is given, which then stays.
 * `core` pins it. `flags` are serve's, `nodeFlags` Node's.
 */
export async function startServer({ checkout = HERE, flags = [], nodeFlags = [], core = null, dataDir = null } = {}) {
  const folder = dataDir ?? temporaryFolderFor('data');
  // A peer that traces itself would send its spans to the ports that OpenTelemetry and Zipkin expect.
  const closed = ['--otlp-grpc-listen', 'off', '--otlp-http-listen', 'off', '--zipkin-listen', 'off'];
  const listen = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', ...closed];
  const serve = ['serve', ...listen, '--data-dir', folder, '--log-level', 'error', ...flags];
  const [command, args] = pinned(core, process.execPath, [...nodeFlags, programOf(checkout), ...serve]);
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(child);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const told = await readAddresses(child);
  let logged = '';
  child.stderr.on('data', (data) => (logged = (logged + data).slice(-4_000)));

  async function end(signal) {
    child.kill(signal);
    await ended;
    if (dataDir === null) rmSync(folder, { recursive: true, force: true });
  }

  return {
    ...told,
    /** From the process begun to "ready", as seen from outside. */
    upMs: Math.round(performance.now() - startedMs),
    dataDir: folder,
    isPinned: CAN_PIN && core !== null,
    pid: child.pid,
    /** The end of what it has logged since it was ready. */
    logged: () => logged,
    cpuSeconds: () => cpuSeconds(child.pid),
    threadSeconds: () => threadSeconds(child.pid),
    residentMb: () => residentMb(child.pid),
    peakResidentMb: () => peakResidentMb(child.pid),
    metric: (name) => metric(told.http, name),
    status: async () => (await fetch(`http://${told.http}/api/status`)).json(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
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

/** The sum of a metric over its labels. */
async function metric(address, name) {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
