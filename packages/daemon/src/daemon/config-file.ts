import { bad, ok, type Result } from '@fluoroscope/model/result';
import { parseDocument, type Document } from 'yaml';
import { settingNames } from './command-line.ts';
import { DAEMON_SETTINGS, type DaemonSettingName } from './settings-table.ts';

export interface ConfigFile {
  readonly values: ReadonlyMap<DaemonSettingName, string>;
  readonly unknownKeys: readonly string[];
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
const IGNORED = /^ProxyServer\./;

/**
 *   file = map of key to text, number or switch, and of "Socket" and "Logging" to such maps; "Version" is 1 or 2
 *
 * Nothing, "" and 0 mean the default. The problem names the key.
 */
export function parseConfigFile(text: string): Result<ConfigFile, string> {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) return bad(error.message.split('\n')[0] ?? 'no YAML');
  const leaves = leavesOf(plainOf(document));
  if (leaves === null) return bad('expected keys with values');
  if (!VERSIONS.has(leaves.get('Version'))) return bad('Version must be 1 or 2');
  const values = new Map<DaemonSettingName, string>();
  const unknownKeys: string[] = [];
  for (const [key, value] of leaves) {
    const name = BY_YAML_KEY.get(key);
    const instead = GONE.get(key);
    if (instead !== undefined) return bad(`${key} is not supported${instead === '' ? '' : `: use ${instead}`}`);
    if (name === undefined) {
      if (key !== 'Version' && !IGNORED.test(key)) unknownKeys.push(key);
    } else if (value !== null && !isScalar(value)) {
      return bad(`${key} must be one value`);
    } else if (value !== null && value !== '' && value !== 0) values.set(name, `${value}`);
  }
  return ok({ values, unknownKeys });
}

const BY_YAML_KEY: ReadonlyMap<string, DaemonSettingName> = new Map(
  settingNames().flatMap((name) => {
    const { yaml } = DAEMON_SETTINGS[name];
    return yaml === null ? [] : [[yaml, name] as const];
  }),
);

/** Null for aliases, which the file has no use for and which can grow without end. */
function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
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
