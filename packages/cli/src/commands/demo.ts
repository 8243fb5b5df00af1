import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RunningServer } from '@fluoroscope/server';
import { stopSignal } from '../stop-signal.ts';
import { startServer } from './serve.ts';

const HELP = `usage: fluoroscope demo [--example NAME] [--daemon-address HOST:PORT] [example's flags]
       fluoroscope demo [--example NAME] --with-server [serve's flags] [-- example's flags]

Runs an example with traffic. Its segments go to a running server (default 127.0.0.1:2000), or with
--with-server to one that is started for it and traces every request (--sampling-rate 1 unless you give
another).

--example shop         six services that AWS's own X-Ray SDK instruments (the default)
--example serverless   an API, topics, a queue, a table and Lambda functions

example's flags: --rate N (requests a second), --seconds N (0: until stopped), --no-traffic; of the shop
also --frontend-port N, of the serverless one --api-port N, --certificate-errors X and --data-dir PATH`;

const EXAMPLES: readonly string[] = ['shop', 'serverless'];

export async function demo(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const { example, rest } = splitExample(argv);
  const program = findExample(example);
  if (program === undefined) {
    const problem = EXAMPLES.includes(example)
      ? `the example ${example} is not installed; run the demo from a checkout: npm run demo`
      : `--example is one of ${EXAMPLES.join(', ')}: ${example}`;
    process.stderr.write(`fluoroscope: ${problem}\n`);
    return 2;
  }
  const stop = stopSignal();
  const asked = splitFlags(rest);
  const server = asked.serve === undefined ? undefined : await startServer(asked.serve);
  if (asked.serve !== undefined && server === undefined) return 2;
  const addresses = server === undefined ? asked.daemonAddress : addressesOf(server);
  const running = startExample(program, asked.example, addresses);
  const ended = once(running, 'exit').then(([code]) => (typeof code === 'number' ? code : 1));
  const code = await Promise.race([ended, stop.then(() => 0)]);
  running.kill('SIGTERM');
  await ended;
  await server?.[Symbol.asyncDispose]();
  return code;
}

/** `--example NAME`, which may stand anywhere before `--`. */
function splitExample(argv: readonly string[]): { readonly example: string; readonly rest: readonly string[] } {
  const at = argv.indexOf('--example');
  const dashes = argv.indexOf('--');
  if (at === -1 || (dashes !== -1 && at > dashes)) return { example: 'shop', rest: argv };
  return { example: argv[at + 1] ?? '', rest: argv.toSpliced(at, 2) };
}

interface DemoFlags {
  /** Flags for a server of our own; undefined when one runs already. */
  readonly serve: readonly string[] | undefined;
  readonly example: readonly string[];
  readonly daemonAddress: string;
}

function splitFlags(argv: readonly string[]): DemoFlags {
  if (!argv.includes('--with-server')) {
    const at = argv.indexOf('--daemon-address');
    const daemonAddress = at === -1 ? '127.0.0.1:2000' : (argv[at + 1] ?? '');
    return { serve: undefined, example: at === -1 ? argv : argv.toSpliced(at, 2), daemonAddress };
  }
  const rest = argv.filter((flag) => flag !== '--with-server');
  const dashes = rest.indexOf('--');
  const serve = dashes === -1 ? rest : rest.slice(0, dashes);
  const sampling = serve.some((flag) => flag.startsWith('--sampling-rate')) ? [] : ['--sampling-rate', '1'];
  return { serve: [...sampling, ...serve], example: dashes === -1 ? [] : rest.slice(dashes + 1), daemonAddress: '' };
}

/** As the SDKs read it: UDP for segments, TCP for sampling. */
function addressesOf(server: RunningServer): string {
  const of = (name: string): string => server.listeners.find((listener) => listener.name === name)?.address ?? '';
  return `tcp:${of('http')} udp:${of('udp')}`;
}

function findExample(name: string): string | undefined {
  if (!EXAMPLES.includes(name)) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`@fluoroscope/example-${name}/package.json`);
    return join(dirname(manifest), 'src', 'main.js');
  } catch {
    return undefined;
  }
}

function startExample(program: string, flags: readonly string[], daemonAddress: string): ChildProcess {
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: daemonAddress };
  return spawn(process.execPath, [program, ...flags], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}
