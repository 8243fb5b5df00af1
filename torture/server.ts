import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program; `FLUOROSCOPE_PROGRAM` names another build of it, to compare. */
const MAIN =
  process.env['FLUOROSCOPE_PROGRAM'] ?? fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
const OUTPUT_CHARS_MAX = 200_000;

export interface Server {
  readonly http: string;
  readonly udp: string;
  readonly pid: number;
  /** From the start of the process until it took requests. */
  readonly readyMs: number;
  /** What it has printed, from the end. */
  readonly output: () => string;
  readonly hasEnded: () => boolean;
  /** Ends it with SIGTERM, or as asked; resolves with the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly flags?: readonly string[];
  /** A command that runs the rest of its arguments. */
  readonly prefix?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** `fluoroscope serve` on free ports, once it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { dataDir, flags = [], prefix = [], environment = {} } = options;
  const serve = ['serve', '--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', dataDir];
  const [command = '', ...args] = [...prefix, process.execPath, MAIN, ...serve, '--log-level', 'error', ...flags];
  const startedMs = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const output = gather(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => /ready in \d+ ms/.test(output()) && resolve());
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output()}`)));
    child.once('error', reject);
  });
  const readyMs = performance.now() - startedMs;
  const address = (name: string): string => new RegExp(`${name} listening on (\\S+)`).exec(output())?.[1] ?? '';
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    http: address('http'),
    udp: address('udp'),
    pid: child.pid ?? 0,
    readyMs,
    output,
    hasEnded,
    async stop(signal = 'SIGTERM') {
      if (hasEnded()) return child.exitCode;
      child.kill(signal);
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

function gather(child: ChildProcess): () => string {
  let output = '';
  const add = (data: unknown): void => {
    output = `${output}${String(data)}`.slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => output;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fluoroscope-torture-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Memory that the process holds, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Open descriptors. */
export function descriptorCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
