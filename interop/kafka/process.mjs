import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../run-command.mjs';

/**
 * One `fluoroscope serve` that follows a Kafka topic. Started again, it has its data folder as before.
 * @param {string} program
 * @param {readonly string[]} flags
 */
export async function startProcess(program, flags) {
  const dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-kafka-serve-'));
  const listen = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0'];
  const args = [program, 'serve', ...listen, '--data-dir', dataDir, ...flags];
  const start = () =>
    startProgram(process.execPath, args, { ready: /^ready/m, cwd: dataDir, readyMsMax: 60_000, stopMsMax: 20_000 });
  let running = await start();
  /** What is starting now: it must not be left behind. */
  let starting = Promise.resolve();
  return {
    get endpoint() {
      const [, address] = /^http listening on (\S+)/m.exec(running.printed()) ?? [];
      return `http://${address}`;
    },
    printed: () => running.printed(),
    kill: () => running.kill(),
    end: () => running.stop(),
    async startAgain() {
      starting = start().then((started) => void (running = started));
      await starting;
    },
    async stop() {
      await starting.catch(() => undefined);
      await running.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
