import { bad, ok, type Result } from '@fluoroscope/model/result';
import { parseAllDocuments, type Document } from 'yaml';
import { settingNames } from './command-line.ts';
import { DAEMON_SETTINGS, type DaemonSettingName } from './settings-table.ts';

export interface ConfigFile {
  readonly values: ReadonlyMap<DaemonSettingName, string>;
  /** What is wrong with keys that mean nothing, each in a few words: "Speed flag is invalid". */
  readonly strangers: readonly string[];
}

const VERSIONS: ReadonlySet<unknown> = new Set([1, 2]);

/** Keys of version 1 that have other names now, or none. */
const GONE: ReadonlyMap<string, string> = new Map([
  ['LogRotation', 'Logging.LogRotation'],
  ['Processor.Region', 'Region'],
  ['Processor.Endpoint', 'Endpoint'],
  ['Processor.Routine', 'Concurrency'],
  ['MemoryLimit', 'TotalBufferSizeMB'],
  ['Profile.CPU', ''],
  ['Profile.Memory', ''],
  ['Socket.BufferSizeKB', 'ReceiveBufferKB'],
  ['Logging.LogFormat', ''],
  ['Processor.BatchProcessorQueueSize', ''],
]);

/** AWS's daemon takes and ignores them. */
const IGNORED = /^ProxyServer\./i;

/** Which aliases may repeat; a file of ten lines has a few. */
const ALIASES_MAX = 100;

/**
 *   file = map of key to text, number or switch, and of "Socket" and "Logging" to such maps; "Version" is 1 or 2
 *
 * As AWS's daemon reads it: YAML 1.1's "yes", "no", "on" and "off" are switches, of a key given twice the last counts, and of several
 * documents the first. Nothing, "" and 0 mean the default. The problem names the key.
 */
export function parseConfigFile(text: string): Result<ConfigFile, string> {
  const [document] = parseAllDocuments(text, { schema: 'core', uniqueKeys: false });
  if (document === undefined || !('errors' in document)) return bad('expected keys with values');
  const [error] = document.errors;
  if (error !== undefined) return bad(error.message.split('\n')[0] ?? 'no YAML');
  const leaves = leavesOf(plainOf(document));
  if (leaves === null) return bad('expected keys with values');
  if (!VERSIONS.has(leaves.get('Version'))) return bad('Version must be 1 or 2');
  const values = new Map<DaemonSettingName, string>();
  const strangers: string[] = [];
  for (const [key, value] of leaves) {
    const name = BY_YAML_KEY.get(key);
    const instead = GONE.get(key);
    if (instead !== undefined) strangers.push(`${key} is not supported${instead === '' ? '' : `: use ${instead}`}`);
    else if (name === undefined) {
      if (key !== 'Version' && !IGNORED.test(key)) strangers.push(`${key} flag is invalid`);
    } else if (value !== null && !isScalar(value)) {
      return bad(`${key} must be one value`);
    } else if (value !== null && value !== '' && value !== 0) values.set(name, printValue(name, value));
  }
  return ok({ values, strangers });
}

const BY_YAML_KEY: ReadonlyMap<string, DaemonSettingName> = new Map(
  settingNames().flatMap((name) => {
    const { yaml } = DAEMON_SETTINGS[name];
    return yaml === null ? [] : [[yaml, name] as const];
  }),
);

function printValue(name: DaemonSettingName, value: string | number | boolean): string {
  const text = `${value}`;
  if (DAEMON_SETTINGS[name].kind !== 'switch') return text;
  if (/^(y|yes|on)$/i.test(text)) return 'true';
  return /^(n|no|off)$/i.test(text) ? 'false' : text;
}

/** Null for aliases that would grow without end. */
function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    return null;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** By path; two levels, as the file has. Null when it is no map. */
function leavesOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return new Map(
    Object.entries(value).flatMap(([key, item]): [string, unknown][] =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.entries(item).map(([inner, leaf]) => [`${key}.${inner}`, leaf])
        : [[key, item]],
    ),
  );
}
