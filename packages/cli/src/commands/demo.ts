import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RunningServer } from '@fluoroscope/server';
import { stopSignal } from '../stop-signal.ts';
import { startServer } from './serve.ts';

const HELP = `usage: fluoroscope demo [--daemon-address HOST:PORT] [shop's flags]
       fluoroscope demo --with-server [serve's flags] [-- shop's flags]

Runs the sample shop, six services that AWS's own X-Ray SDK instruments, with traffic. Its segments go to a
running server (default 127.0.0.1:2000), or with --with-server to one that is started for it and traces
every request (--sampling-rate 1 unless you give another).

shop's flags: --rate N (requests a second), --seconds N (0: until stopped), --frontend-port N, --no-traffic`;

const SHOP = '@fluoroscope/example-shop';

export async function demo(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const shopProgram = findShop();
  if (shopProgram === undefined) {
    process.stderr.write(
      `fluoroscope: the sample shop (${SHOP}) is not installed; run the demo from a checkout: npm run demo\n`,
    );
    return 2;
  }
  const stop = stopSignal();
  const asked = splitFlags(argv);
  const server = asked.serve === undefined ? undefined : await startServer(asked.serve);
  if (asked.serve !== undefined && server === undefined) return 2;
  const shop = startShop(shopProgram, asked.shop, server === undefined ? asked.daemonAddress : addressesOf(server));
  const ended = once(shop, 'exit').then(([code]) => (typeof code === 'number' ? code : 1));
  const code = await Promise.race([ended, stop.then(() => 0)]);
  shop.kill('SIGTERM');
  await ended;
  await server?.[Symbol.asyncDispose]();
  return code;
}

interface DemoFlags {
  /** Flags for a server of our own; undefined when one runs already. */
  readonly serve: readonly string[] | undefined;
  readonly shop: readonly string[];
  readonly daemonAddress: string;
}

function splitFlags(argv: readonly string[]): DemoFlags {
  if (!argv.includes('--with-server')) {
    const at = argv.indexOf('--daemon-address');
    const daemonAddress = at === -1 ? '127.0.0.1:2000' : (argv[at + 1] ?? '');
    return { serve: undefined, shop: at === -1 ? argv : argv.toSpliced(at, 2), daemonAddress };
  }
  const rest = argv.filter((flag) => flag !== '--with-server');
  const dashes = rest.indexOf('--');
  const serve = dashes === -1 ? rest : rest.slice(0, dashes);
  const sampling = serve.some((flag) => flag.startsWith('--sampling-rate')) ? [] : ['--sampling-rate', '1'];
  return { serve: [...sampling, ...serve], shop: dashes === -1 ? [] : rest.slice(dashes + 1), daemonAddress: '' };
}

/** As the SDKs read it: UDP for segments, TCP for sampling. */
function addressesOf(server: RunningServer): string {
  const of = (name: string): string => server.listeners.find((listener) => listener.name === name)?.address ?? '';
  return `tcp:${of('http')} udp:${of('udp')}`;
}

function findShop(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${SHOP}/package.json`)), 'src', 'main.js');
  } catch {
    return undefined;
  }
}

function startShop(program: string, flags: readonly string[], daemonAddress: string): ChildProcess {
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: daemonAddress };
  return spawn(process.execPath, [program, ...flags], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}
