import { runDaemonCommand } from '@fluoroscope/daemon/daemon';
import { stopSignal } from '../stop-signal.ts';
import { VERSION } from '../version.ts';

export async function daemonCommand(argv: readonly string[]): Promise<number> {
  return runDaemonCommand({
    argv,
    environment: process.env,
    version: VERSION,
    print: (text) => void process.stdout.write(text),
    printError: (text) => void process.stderr.write(text),
    stop: stopSignal(),
  });
}
