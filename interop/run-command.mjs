import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { createInterface } from 'node:readline';

const COMMAND_MS_MAX = 60_000;

/** What runs now: it must not outlive this process, however that ends. */
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill()));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** The environment without the user's own AWS settings: only what a suite says can have an effect. */
export function cleanEnv(more = {}) {
  const entries = Object.entries(process.env).filter(([key]) => !/^(AWS|FLUOROSCOPE)_/.test(key));
  return {
    ...Object.fromEntries(entries),
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  };
}

/**
 * Runs a command to its end. A command that takes too long is killed, and has no exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, msMax?: number }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export async function runCommand(command, args, { env = cleanEnv(), onLine, msMax = COMMAND_MS_MAX } = {}) {
  const child = start(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: msMax, killSignal: 'SIGKILL' });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  if (onLine === undefined) child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  else createInterface({ input: child.stdout }).on('line', onLine);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/**
 * Starts a program that keeps running; resolves with the match of `ready` in what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ ready: RegExp, env?: NodeJS.ProcessEnv, cwd?: string, readyMsMax?: number, stopMsMax?: number }} options
 */
export async function startProgram(command, args, options) {
  const { ready, env = cleanEnv(), cwd, readyMsMax = 60_000, stopMsMax = 10_000 } = options;
  const child = start(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  const closed = once(child, 'close');

  async function stop() {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await closed;
    clearTimeout(timer);
  }

  const isReady = new Promise((resolve, reject) => {
    function read(text) {
      printed += text;
      if (ready.test(printed)) resolve(undefined);
    }
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    const say = (what) => reject(new Error(`${args[0]} ${what}; it printed:\n${printed}`));
    closed.then(() => say('ended'), reject);
    setTimeout(() => say(`was not ready within ${readyMsMax} ms`), readyMsMax).unref();
  });
  try {
    await isReady;
  } catch (error) {
    await stop();
    throw error;
  }
  async function kill() {
    child.kill('SIGKILL');
    await closed;
  }
  return { printed: () => printed, send: (line) => child.stdin.write(`${line}\n`), stop, kill };
}
