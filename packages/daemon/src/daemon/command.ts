import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseCommandLine } from './command-line.ts';
import { DaemonError } from './daemon-error.ts';
import type { ConfigFile } from './config-file.ts';
import { CONFIG_BYTES_MAX } from './limits.ts';
import { createLog, LOG_LEVELS, openLogFile, type Log } from './log.ts';
import { parseSettings, type DaemonSettings } from './settings.ts';
import { daemonHelp, type DaemonSettingName } from './settings-table.ts';
import { textOf } from './events.ts';
import { startDaemon } from './start.ts';

export interface DaemonCommandOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** When to end. */
  readonly stop: Promise<void>;
}

/** Read without being asked to, the first that exists. */
const CONFIG_PLACES = ['/etc/amazon/xray/cfg.yaml', 'cfg.yaml'];

/** Runs the daemon until `stop`; resolves with the exit code. */
export async function runDaemonCommand(options: DaemonCommandOptions): Promise<number> {
  const { argv, environment, version, print, printError, stop } = options;
  const startedMs = performance.now();
  const line = parseCommandLine(argv);
  if (!line.ok) {
    printError(`${line.problem}\n${daemonHelp()}\n`);
    return 2;
  }
  if (line.value.wantsHelp) {
    print(`${daemonHelp()}\n`);
    return 0;
  }
  const { values, rest } = line.value;
  if (values.get('version') === 'true') {
    print(`fluoroscope daemon version: ${version}\n`);
    return 0;
  }
  let log: Log = createLog({ level: 'info', write: printError });
  try {
    const notices = rest.length > 0 ? [`ignored: ${rest.join(' ')}`] : [];
    const file = await readConfig(values.get('config') ?? '', notices);
    const settings = readSettings(values, file, environment);
    log = openLog(settings, print);
    warnOfLevel(values.get('logLevel') ?? file?.values.get('logLevel') ?? '', log);
    for (const notice of notices) log.write('warn', notice);
    await using _daemon = await startDaemon({ settings, environment, log, version });
    log.write('info', `ready in ${Math.round(performance.now() - startedMs)} ms`);
    await stop;
    log.write('info', 'Got shutdown signal');
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    log.write('error', error.message);
    if (values.has('logFile')) printError(`${error.message}\n`);
    return error.exitCode;
  }
  log.write('info', 'Shutdown finished');
  log[Symbol.dispose]();
  return 0;
}

function readSettings(
  flags: ReadonlyMap<DaemonSettingName, string>,
  file: ConfigFile | null,
  environment: DaemonCommandOptions['environment'],
): DaemonSettings {
  const settings = parseSettings(new Map([...(file?.values ?? []), ...flags]), environment);
  if (!settings.ok) throw new DaemonError(settings.problem);
  return settings.value;
}

/** Keys that mean nothing are refused in a file that was named; in one that was found they are told, as AWS's daemon takes them. */
async function readConfig(chosen: string, notices: string[]): Promise<ConfigFile | null> {
  const path = chosen || CONFIG_PLACES.find((place) => existsSync(place));
  if (path === undefined) return null;
  // Most daemons have no file: the parser is loaded for those that do.
  const { parseConfigFile } = await import('./config-file.ts');
  const file = parseConfigFile(readText(path));
  if (!file.ok) throw new DaemonError(`${path}: ${file.problem}`);
  const { strangers } = file.value;
  if (strangers.length > 0 && chosen !== '') throw new DaemonError(`${path}: ${strangers.join(', ')}`);
  notices.push(...strangers.map((stranger) => `${path}: ${stranger}; it is ignored`));
  return file.value;
}

function warnOfLevel(level: string, log: Log): void {
  if (level === '' || LOG_LEVELS.has(level.toLowerCase())) return;
  log.write('warn', `--log-level is "${level}", taken as dev; expected ${[...LOG_LEVELS.keys()].join(', ')}`);
}

function readText(path: string): string {
  try {
    if (statSync(path).size > CONFIG_BYTES_MAX) throw new DaemonError(`more than ${CONFIG_BYTES_MAX} bytes`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DaemonError(`${path} cannot be read: ${textOf(cause)}`, 1, { cause });
  }
}

function openLog({ logFile, logLevel: level, logRotation }: DaemonSettings, print: (text: string) => void): Log {
  if (logFile === null) return createLog({ level, write: print });
  try {
    return createLog({ level, ...openLogFile(logFile, logRotation) });
  } catch (cause) {
    throw new DaemonError(`--log-file ${logFile}: ${textOf(cause)}`, 1, { cause });
  }
}
