import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));

export interface Program {
  readonly http: string;
  readonly udp: string;
  /** Where the listener of this name is; empty when it is closed. */
  readonly address: (listener: string) => string;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fluoroscope-e2e-'));
}

/** Whoever wrote there may not have ended yet. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Flags for a server on free ports with this folder; what follows counts more. */
export function serveFlags(dataDir: string): readonly string[] {
  const closed = ['otlp-grpc', 'otlp-http', 'zipkin'].flatMap((name) => [`--${name}-listen`, 'off']);
  return ['serve', '--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', ...closed, '--data-dir', dataDir];
}

/** Flags for the sample shop and a server on free ports with this folder: so many requests a second, the same each time. */
export function demoFlags(dataDir: string, perSecond = 2): readonly string[] {
  const server = [
    '--with-server',
    '--http-listen',
    '127.0.0.1:0',
    '--udp-listen',
    '127.0.0.1:0',
    '--data-dir',
    dataDir,
  ];
  return ['demo', ...server, '--', '--rate', String(perSecond), '--seed', '5'];
}

/** Runs the built program until it is ready; `host` as of TwoNetworks. */
export async function startProgram(
  flags: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  host: readonly string[] = [],
): Promise<Program> {
  const { child, output } = spawnProgram(flags, environment, host);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => /ready in \d+ ms/.test(output()) && resolve());
    // Not at its exit: what it wrote last may still be on its way.
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${output()}`)));
  });
  const address = (name: string): string => new RegExp(`^${name} listening on (\\S+)`, 'm').exec(output())?.[1] ?? '';
  return {
    http: address('http'),
    udp: address('udp'),
    address,
    child,
    output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

/** Runs the built program to its own end. */
export async function runProgram(flags: readonly string[]): Promise<Ended> {
  const { child, output } = spawnProgram(flags);
  const [code] = await once(child, 'close');
  return { code, output: output() };
}

function spawnProgram(
  flags: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  host: readonly string[] = [],
): { child: ChildProcess; output: () => string } {
  const env = { ...process.env, ...environment };
  const [file = process.execPath, ...args] = [...host, process.execPath, MAIN, ...flags];
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  return { child, output: () => output };
}

export async function post(http: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://${http}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const value: Record<string, unknown> = await answer.json();
  return value;
}

/** Less than a test may take, so that it can tell what it waited for. */
const EVENTUALLY_MS = 60_000;
/** For what a test's set-up waits for, which may take longer. */
export const SET_UP_MS = 150_000;
const ASK_MS = 100;

/** Asks again and again until the answer is as wanted; gives up after `msMax`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  msMax = EVENTUALLY_MS,
): Promise<T> {
  const end = performance.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`still not as wanted: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

/** The answer, once it has been the same twice. */
export async function steady<T>(ask: () => Promise<T>): Promise<T> {
  let before: string | undefined;
  return eventually(ask, (answer) => {
    const now = JSON.stringify(answer);
    const isSame = now === before;
    before = now;
    return isSame;
  });
}
