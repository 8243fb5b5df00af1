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

export interface RunningProgram {
  readonly pid: number;
  /** From the start of the process until it took requests. */
  readonly readyMs: number;
  /** What it has printed, from the end. */
  readonly output: () => string;
  readonly hasEnded: () => boolean;
  /** Ends it with SIGTERM, or as asked; resolves with the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface Server extends RunningProgram {
  readonly http: string;
  readonly udp: string;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly flags?: readonly string[];
  /** A command that runs the rest of its arguments. */
  readonly prefix?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** `fluoroscope serve` on free ports, once it is ready. */
export async function startServer({ dataDir, flags = [], ...options }: ServerOptions): Promise<Server> {
  const serve = ['serve', '--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', dataDir];
  const program = await startProgram({ ...options, args: [...serve, '--log-level', 'error', ...flags] });
  const address = (name: string): string => new RegExp(`${name} listening on (\\S+)`).exec(program.output())?.[1] ?? '';
  return { ...program, http: address('http'), udp: address('udp') };
}

export interface ProgramOptions extends Pick<ServerOptions, 'prefix' | 'environment'> {
  readonly args: readonly string[];
}

/** The built program, once it is ready. */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { prefix = [], environment = {} } = options;
  const [command = '', ...args] = [...prefix, process.execPath, MAIN, ...options.args];
  const startedMs = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const output = gather(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => /ready in \d+ ms/.test(output()) && resolve());
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${output()}`)));
    child.once('error', reject);
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedMs,
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
