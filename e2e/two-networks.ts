import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Two network namespaces with a cable between them: two hosts, without touching this one's network. */
export interface TwoNetworks extends AsyncDisposable {
  /** Of the first host, as the second sees it. */
  readonly address: string;
  readonly address6: string;
  /** Put before a command to run it on that host. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** Ports of the first host at which anything listens, in any protocol. */
  readonly listening: () => Promise<readonly number[]>;
}

// Of the range for such tests (RFC 2544), and a private one.
const FIRST = '198.18.77.1';
const SECOND = '198.18.77.2';
const FIRST6 = 'fd77:f1::1';
const SECOND6 = 'fd77:f1::2';

const LISTENING_TCP = '0A';
const UNCONNECTED_UDP = '07';

/** Needs Linux, util-linux and iproute2, and root or user namespaces. */
export async function openTwoNetworks(): Promise<TwoNetworks> {
  const holders: ChildProcess[] = [];
  async function hold(file: string, ...args: readonly string[]): Promise<string> {
    const holder = spawn(file, [...args, 'sh', '-c', 'echo held; exec sleep infinity'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    holders.push(holder);
    let said = '';
    holder.stderr.on('data', (data) => (said += data));
    const held = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit'), once(holder, 'error')]);
    if (String(held[0]).trim() !== 'held' || holder.pid === undefined) throw new Error(`${file}: ${said || held[0]}`);
    return String(holder.pid);
  }

  async function close(): Promise<void> {
    for (const holder of holders) holder.kill('SIGKILL');
  }

  try {
    const firstPid = await hold('unshare', '--user', '--map-root-user', '--net');
    const user = ['nsenter', '--target', firstPid, '--user', '--preserve-credentials'] as const;
    const [nsenter, ...asUser] = user;
    const secondPid = await hold(nsenter, ...asUser, 'unshare', '--net');
    const first = [...user, '--net'];
    const second = ['nsenter', '--target', secondPid, '--user', '--preserve-credentials', '--net'];
    const ip = async (host: readonly string[], ...args: readonly string[]): Promise<void> => {
      const [file = '', ...rest] = [...host, 'ip', ...args];
      await run(file, rest);
    };
    await ip(first, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', secondPid);
    for (const [host, address, address6] of [
      [first, FIRST, FIRST6],
      [second, SECOND, SECOND6],
    ] as const) {
      await ip(host, 'address', 'add', `${address}/30`, 'dev', 'cable');
      await ip(host, 'link', 'set', 'lo', 'up');
      await ip(host, 'link', 'set', 'cable', 'up');
      await ip(host, '-6', 'address', 'add', `${address6}/64`, 'dev', 'cable', 'nodad');
    }
    const listening = async (): Promise<readonly number[]> => {
      const ports = new Set<number>();
      for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
        const wanted = table.startsWith('tcp') ? LISTENING_TCP : UNCONNECTED_UDP;
        const lines = (await readFile(`/proc/${firstPid}/net/${table}`, 'utf8')).split('\n').slice(1);
        for (const line of lines) {
          const [, local = '', , state] = line.trim().split(/\s+/);
          if (state === wanted) ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
        }
      }
      return [...ports].sort((a, b) => a - b);
    };
    return { address: FIRST, address6: FIRST6, first, second, listening, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw new Error(
      'this test makes two network namespaces, which needs Linux with `unshare`, `nsenter` (util-linux) and `ip` (iproute2), ' +
        'as root or where user namespaces are allowed',
      { cause: error },
    );
  }
}
