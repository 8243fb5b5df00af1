import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf } from './checkout.mjs';
import { endWithUs } from './children.mjs';
import { temporaryFolderFor } from './folders.mjs';
import { sleep } from './numbers.mjs';
import { cpuSeconds, peakResidentMb } from './process-figures.mjs';

const READY_MS_MAX = 15_000;
const NAME = /^PEER_([A-Z0-9]+)_DAEMON$/;

/** Programs that take the flags and the file of AWS's daemon: `PEER_AWS_DAEMON=/path/to/xray`. */
export function peerDaemons(environment = process.env) {
  return Object.entries(environment).flatMap(([key, program]) => {
    const name = NAME.exec(key)?.[1];
    return name === undefined ? [] : [{ name: name.toLowerCase(), command: [program] }];
  });
}

/** Ours, of a checkout. */
export function ourDaemon(checkout) {
  return { name: 'ours', command: [process.execPath, programOf(checkout), 'daemon'] };
}

/** Where daemons send: what arrived is counted in a process of its own. */
export async function startSink() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('processes/xray-sink.mjs', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  endWithUs(child);
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    async count() {
      const answer = once(child, 'message');
      child.send('count');
      const [{ segments }] = await answer;
      return segments;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** A daemon with a file of its own, once its UDP port is open. `more`: keys of the file beside those that all take. */
export async function startDaemon({ command: [program, ...args] }, { endpoint, more = {} }) {
  const folder = temporaryFolderFor('daemon');
  const [udp, tcp] = [await freePort(createSocket('udp4')), await freePort(createServer())];
  const config = join(folder, 'cfg.yaml');
  const Socket = { UDPAddress: `127.0.0.1:${udp}`, TCPAddress: `127.0.0.1:${tcp}` };
  const Logging = { LogLevel: 'error' };
  writeFileSync(
    config,
    JSON.stringify({ Version: 2, Endpoint: endpoint, Region: 'us-west-2', LocalMode: true, Socket, Logging, ...more }),
  );
  const child = spawn(program, [...args, '-c', config], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  endWithUs(child);
  const ended = once(child, 'exit');
  for (const untilMs = performance.now() + READY_MS_MAX; kernelDrops(udp) === null;) {
    if (child.exitCode !== null || performance.now() > untilMs) throw new Error(`${program} has not opened its port`);
    await sleep(50);
  }
  return {
    udp,
    cpuSeconds: () => cpuSeconds(child.pid),
    peakResidentMb: () => peakResidentMb(child.pid),
    kernelDrops: () => kernelDrops(udp) ?? 0,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Datagrams that Linux had no room for; null while nobody has the port. */
function kernelDrops(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found = ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1]?.endsWith(local));
  return found === undefined ? null : Number(found.at(-1));
}

async function freePort(socket) {
  const isUdp = 'bind' in socket;
  const opened = once(socket, 'listening');
  if (isUdp) socket.bind(0, '127.0.0.1');
  else socket.listen(0, '127.0.0.1');
  await opened;
  const { port } = socket.address();
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return port;
}
