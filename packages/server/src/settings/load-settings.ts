import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bad, ok, type Result } from '@fluoroscope/model';
import { parse as parseYaml } from 'yaml';
import {
  CONFIG_FILE_STANDARD,
  environmentName,
  SETTINGS,
  type Setting,
  type Settings,
  type SettingTable,
} from '../settings.ts';
import { SettingsError, type SettingProblem } from './settings-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a text came from, by setting name. */
type Texts = ReadonlyMap<string, { readonly text: string; readonly from: string }>;

/** Flags before environment before file before defaults, from the given folder. Throws SettingsError. */
export function loadSettings(argv: readonly string[], environment: Environment, folder: string): Settings {
  const path = findConfigPath(argv, environment, folder);
  const settings = parseSettings(argv, environment, path === null ? undefined : readConfig(path));
  if (!settings.ok) throw new SettingsError(settings.problem);
  return settings.value;
}

export function parseSettings(
  argv: readonly string[],
  environment: Environment,
  yamlText?: string,
): Result<Settings, SettingProblem> {
  const flags = parseFlags(argv);
  if (!flags.ok) return flags;
  const file = yamlText === undefined ? ok(new Map<string, never>()) : parseConfigFile(yamlText);
  if (!file.ok) return file;
  return readTable(flags.value, readEnvironment(environment), file.value);
}

/** The path the flags or the environment name, else ./fluoroscope.yaml if it is there. */
function findConfigPath(argv: readonly string[], environment: Environment, folder: string): string | null {
  const flags = parseFlags(argv);
  if (!flags.ok) throw new SettingsError(flags.problem);
  const named = flags.value.get('config')?.text ?? environment[environmentName(SETTINGS.config)] ?? '';
  if (named !== '') return resolve(folder, named);
  const standard = join(folder, CONFIG_FILE_STANDARD);
  return existsSync(standard) ? standard : null;
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const expected = 'a YAML file that can be read';
    const problem = {
      code: 'unreadable-config',
      setting: 'config',
      value: path,
      from: 'the settings',
      expected,
    } as const;
    throw new SettingsError(problem, { cause: error });
  }
}

function parseFlags(argv: readonly string[]): Result<Texts, SettingProblem> {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const setting of Object.values(SETTINGS))
    options[setting.name] = { type: isSwitch(setting) ? 'boolean' : 'string' };
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    const texts = Object.entries(values).map(
      ([name, value]) => [name, { text: String(value), from: `--${name}` }] as const,
    );
    return ok(new Map(texts));
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return bad({ code: 'bad-flag', setting: null, value: argv.join(' '), from: 'the command line', expected: first });
  }
}

function isSwitch(setting: Setting<unknown>): boolean {
  return setting === SETTINGS.allowUnauthenticated;
}

/** Names that are not ours are left alone: Kubernetes sets FLUOROSCOPE_SERVICE_HOST and the like by itself. */
function readEnvironment(environment: Environment): Texts {
  const texts = new Map<string, { text: string; from: string }>();
  for (const setting of Object.values(SETTINGS)) {
    const from = environmentName(setting);
    const text = environment[from];
    if (text !== undefined && text !== '') texts.set(setting.name, { text, from });
  }
  return texts;
}

/** file = mapping of setting name to text, number, boolean or list of texts */
function parseConfigFile(yamlText: string): Result<Texts, SettingProblem> {
  const from = 'the config file';
  let content: unknown;
  try {
    content = parseYaml(yamlText, { maxAliasCount: 0 }) ?? {};
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return bad({ code: 'unreadable-config', setting: 'config', value: first, from, expected: 'YAML' });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return bad({
      code: 'unreadable-config',
      setting: 'config',
      value: printValue(content),
      from,
      expected: 'settings by name',
    });
  }
  const known = new Set(Object.values(SETTINGS).map((setting) => setting.name));
  const texts = new Map<string, { text: string; from: string }>();
  for (const [name, value] of Object.entries(content)) {
    if (!known.has(name) || name === SETTINGS.config.name) {
      return bad({
        code: 'unknown-setting',
        setting: name,
        value: printValue(value),
        from,
        expected: [...known].join(', '),
      });
    }
    if (value !== null) texts.set(name, { text: printValue(value), from });
  }
  return ok(texts);
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(printValue).join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function readTable(...sources: readonly Texts[]): Result<Settings, SettingProblem> {
  const problems: SettingProblem[] = [];
  function read<Key extends keyof Settings>(key: Key): Settings[Key] {
    const table: SettingTable = SETTINGS;
    const setting: Setting<Settings[Key]> = table[key];
    const given = sources.map((source) => source.get(setting.name)).find((found) => found !== undefined);
    const parsed = setting.kind.parse((given?.text ?? setting.standard).trim());
    if (parsed.ok) return parsed.value;
    const { text: value, from } = given ?? { text: setting.standard, from: 'the default' };
    problems.push({ code: 'bad-setting', setting: setting.name, value, from, expected: setting.kind.expected });
    return standardOf(setting);
  }
  const settings: Settings = {
    httpListen: read('httpListen'),
    udpListen: read('udpListen'),
    otlpGrpcListen: read('otlpGrpcListen'),
    otlpHttpListen: read('otlpHttpListen'),
    zipkinListen: read('zipkinListen'),
    jaegerHttpListen: read('jaegerHttpListen'),
    jaegerGrpcListen: read('jaegerGrpcListen'),
    dataDir: read('dataDir'),
    config: read('config'),
    durability: read('durability'),
    journalSize: read('journalSize'),
    journalWait: read('journalWait'),
    allowedHosts: read('allowedHosts'),
    corsOrigins: read('corsOrigins'),
    allowUnauthenticated: read('allowUnauthenticated'),
    ingestAllow: read('ingestAllow'),
    tlsCert: read('tlsCert'),
    tlsKey: read('tlsKey'),
    sessionLifetime: read('sessionLifetime'),
    requestRate: read('requestRate'),
    auditSize: read('auditSize'),
    samplingReservoir: read('samplingReservoir'),
    samplingRate: read('samplingRate'),
    segmentMaxAge: read('segmentMaxAge'),
    segmentMaxFuture: read('segmentMaxFuture'),
    segmentSize: read('segmentSize'),
    udpBuffer: read('udpBuffer'),
    storeMemory: read('storeMemory'),
    storeUrl: read('storeUrl'),
    storeCredentials: read('storeCredentials'),
    journal: read('journal'),
    journalCredentials: read('journalCredentials'),
    encryptionKeys: read('encryptionKeys'),
    retention: read('retention'),
    retentionSize: read('retentionSize'),
    groupsMax: read('groupsMax'),
    samplingRulesMax: read('samplingRulesMax'),
    tagsMax: read('tagsMax'),
    resourcePoliciesMax: read('resourcePoliciesMax'),
    resourcePolicySize: read('resourcePolicySize'),
    accountId: read('accountId'),
    region: read('region'),
    logLevel: read('logLevel'),
  };
  const [problem] = problems;
  return problem === undefined ? ok(settings) : bad(problem);
}

function standardOf<T>(setting: Setting<T>): T {
  const parsed = setting.kind.parse(setting.standard);
  if (!parsed.ok) throw new Error(`the default of ${setting.name} does not parse`);
  return parsed.value;
}
