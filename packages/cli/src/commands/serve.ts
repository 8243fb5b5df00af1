import { helpText, loadSettings, serve, SettingsError, StartError, type RunningServer } from '@fluoroscope/server';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stopSignal } from '../stop-signal.ts';
import { VERSION } from '../version.ts';

/** A bad setting, a port in use, a data folder that cannot be had: the user's to mend. */
const EXIT_SETTING = 2;

export async function serveCommand(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`usage: fluoroscope serve [flags]\n\n${helpText()}\n`);
    return 0;
  }
  const stop = stopSignal();
  const server = await startServer(argv);
  if (server === undefined) return EXIT_SETTING;
  const { reloadKeys } = server;
  if (reloadKeys !== null) process.on('SIGHUP', () => void reloadKeys());
  await Promise.race([stop, server.died]);
  await server[Symbol.asyncDispose]();
  return server.failure === null ? 0 : 1;
}

/** Starts and says where; says why and returns undefined when the user must change something. */
export async function startServer(argv: readonly string[]): Promise<RunningServer | undefined> {
  try {
    const settings = loadSettings(argv, process.env, process.cwd());
    const server = await serve(settings, { version: VERSION, consoleFolder: findConsole() });
    for (const { name, address } of server.listeners) process.stdout.write(`${name} listening on ${address}\n`);
    for (const notice of server.notices) process.stdout.write(`note: ${notice}\n`);
    if (server.consoleUrl !== null) process.stdout.write(`console at ${server.consoleUrl}\n`);
    process.stdout.write(`ready in ${Math.round(performance.now())} ms\n`);
    return server;
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof StartError)) throw error;
    process.stderr.write(`fluoroscope: ${error.message}\n`);
    return undefined;
  }
}

/** The console's build, beside its manifest; null when the package is not installed. */
function findConsole(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@fluoroscope/console/package.json')), 'dist');
  } catch {
    return null;
  }
}
