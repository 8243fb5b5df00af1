import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';
import { isCollectorKey } from './collector-keys.ts';
import { orEmpty, type ListenAddress } from './kinds.ts';
import { telemetry } from './telemetry.ts';
import { printPath, readYaml, type ConfigFault, type ConfigPath, type YamlText } from './yaml-text.ts';

/** A configuration whose every part is checked: components are what their kinds make of them, by `type/name`. */
export interface Config<Receiver, Processor, Exporter, Extension> {
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly processors: ReadonlyMap<string, Processor>;
  readonly exporters: ReadonlyMap<string, Exporter>;
  /** Those that the service has. */
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly pipelines: readonly PipelineConfig[];
  /** Null: no metrics, no health. */
  readonly metricsAt: ListenAddress | null;
  /** Components that are in no pipeline. */
  readonly unused: readonly string[];
}

export interface PipelineConfig {
  readonly name: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** By type; each reads what stands below `type/name`. */
export interface Kinds<Receiver, Processor, Exporter, Extension> {
  readonly receivers: ReadonlyMap<string, z.ZodType<Receiver>>;
  readonly processors: ReadonlyMap<string, z.ZodType<Processor>>;
  readonly exporters: ReadonlyMap<string, z.ZodType<Exporter>>;
  readonly extensions: ReadonlyMap<string, z.ZodType<Extension>>;
}

/** id = type [ "/" name ] */
const ID = /^([a-z][a-z0-9_]*)(?:\/[^\s/]+)?$/;
const COMPONENTS_MAX = 1_000;

const components = orEmpty(z.record(z.string(), z.unknown()));
const ids = z.array(z.string({ error: 'expected a name' }), { error: 'expected a list of names' }).max(COMPONENTS_MAX);
const pipeline = z.strictObject({
  receivers: ids.min(1, 'expected at least one receiver'),
  processors: z.preprocess((value) => value ?? [], ids),
  exporters: ids.min(1, 'expected at least one exporter'),
});

const FILE = z.strictObject(
  {
    receivers: components,
    processors: components,
    exporters: components,
    extensions: components,
    service: z.strictObject(
      {
        extensions: z.preprocess((value) => value ?? [], ids),
        pipelines: z.record(z.string(), pipeline, { error: 'expected pipelines by name' }),
        telemetry,
      },
      { error: missing('service') },
    ),
  },
  { error: 'expected receivers, processors, exporters and service' },
);

/** All faults at once, in the order of the file. */
export function readConfig<R extends readonly Listening[], P, E, X>(
  source: string,
  kinds: Kinds<R, P, E, X>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Config<R, P, E, X>, readonly ConfigFault[]> {
  const yaml = readYaml(source, environment);
  if (!yaml.ok) return yaml;
  const faults = new Faults(yaml.value);
  const file = faults.read([], FILE, yaml.value.value);
  if (file === null) {
    addFaultsOfComponents(yaml.value.value, kinds, faults);
    return bad(faults.sorted());
  }
  const { receivers, processors, exporters, extensions, service } = file;
  const built = {
    receivers: readComponents('receivers', receivers, kinds.receivers, faults),
    processors: readComponents('processors', processors, kinds.processors, faults),
    exporters: readComponents('exporters', exporters, kinds.exporters, faults),
  };
  const readExtensions = readComponents('extensions', extensions, kinds.extensions, faults);
  for (const [index, id] of service.extensions.entries()) {
    if (!Object.hasOwn(extensions, id)) faults.add(['service', 'extensions', index], `there is no extension "${id}"`);
  }
  checkStorage(exporters, service.extensions, faults);
  const pipelines = Object.entries(service.pipelines).map(([name, members]): PipelineConfig =>
    Object.assign({ name }, members),
  );
  if (pipelines.length === 0) faults.add(['service', 'pipelines'], 'expected at least one pipeline');
  for (const one of pipelines) checkPipeline(one, { receivers, processors, exporters }, faults);
  checkAddresses(built.receivers, new Set(pipelines.flatMap((one) => one.receivers)), faults);
  if (faults.any) return bad(faults.sorted());
  const { metricsAt } = service.telemetry;
  const started = new Map([...readExtensions].filter(([id]) => service.extensions.includes(id)));
  const idle = [...readExtensions.keys()].filter((id) => !started.has(id)).map((id) => `extensions.${id}`);
  const unused = [...findUnused(built, pipelines), ...idle];
  return ok({ ...built, extensions: started, pipelines, metricsAt, unused });
}

function readComponents<T>(
  section: string,
  source: Readonly<Record<string, unknown>>,
  kinds: ReadonlyMap<string, z.ZodType<T>>,
  faults: Faults,
): ReadonlyMap<string, T> {
  const read = new Map<string, T>();
  for (const [id, value] of Object.entries(source)) {
    const type = ID.exec(id)?.[1];
    const kind = type === undefined ? undefined : kinds.get(type);
    if (kind === undefined) {
      faults.add([section, id], `expected type or type/name, the type one of ${[...kinds.keys()].join(', ')}`);
      continue;
    }
    const parsed = faults.read([section, id], kind, value ?? {});
    if (parsed !== null) read.set(id, parsed);
  }
  return read;
}

/** Of a file that has other faults as well. */
function addFaultsOfComponents(file: unknown, kinds: Kinds<unknown, unknown, unknown, unknown>, faults: Faults): void {
  for (const section of [...SECTIONS, 'extensions'] as const) {
    const source = components.safeParse(isObject(file) ? Reflect.get(file, section) : undefined);
    if (source.success) readComponents(section, source.data, kinds[section], faults);
  }
}

/** What a receiver listens on. */
interface Listening {
  /** `tcp 0.0.0.0:4317`; null for any free port. */
  readonly address: string | null;
}

/** One would get what is sent to the other. */
function checkAddresses(
  receivers: ReadonlyMap<string, readonly Listening[]>,
  used: ReadonlySet<string>,
  faults: Faults,
): void {
  const owners = new Map<string, string>();
  for (const [id, listeners] of receivers) {
    if (!used.has(id)) continue;
    for (const { address } of listeners) {
      const owner = address === null ? undefined : owners.get(address);
      if (owner !== undefined) faults.add(['receivers', id], `${address} is taken by receivers.${owner}`);
      else if (address !== null) owners.set(address, id);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const WITH_STORAGE = z.object({ sending_queue: z.object({ storage: z.string() }) });

/** What an exporter's queue is kept in must be one of the service's extensions. */
function checkStorage(
  exporters: Readonly<Record<string, unknown>>,
  extensions: readonly string[],
  faults: Faults,
): void {
  for (const [id, source] of Object.entries(exporters)) {
    const { data } = WITH_STORAGE.safeParse(source);
    if (data === undefined) continue;
    const { storage } = data.sending_queue;
    const path = ['exporters', id, 'sending_queue', 'storage'];
    if (!extensions.includes(storage)) faults.add(path, `service.extensions has no "${storage}"`);
    else if (!/^file_storage(\/|$)/.test(storage)) faults.add(path, 'expected file_storage or file_storage/name');
  }
}

const SECTIONS = ['receivers', 'processors', 'exporters'] as const;

function checkPipeline(
  config: PipelineConfig,
  defined: Readonly<Record<(typeof SECTIONS)[number], Readonly<Record<string, unknown>>>>,
  faults: Faults,
): void {
  const path = ['service', 'pipelines', config.name];
  if (!/^traces(\/[^\s/]+)?$/.test(config.name)) {
    faults.add(path, 'expected traces or traces/name: other signals are not taken');
  }
  for (const section of SECTIONS) {
    const seen = new Set<string>();
    for (const [index, id] of config[section].entries()) {
      if (!Object.hasOwn(defined[section], id)) {
        faults.add([...path, section, index], `there is no ${section.slice(0, -1)} "${id}"`);
      }
      if (seen.has(id)) faults.add([...path, section, index], `"${id}" stands here twice`);
      seen.add(id);
    }
  }
}

function findUnused(
  built: Readonly<Record<(typeof SECTIONS)[number], ReadonlyMap<string, unknown>>>,
  pipelines: readonly PipelineConfig[],
): readonly string[] {
  return SECTIONS.flatMap((section) => {
    const used = new Set(pipelines.flatMap((one) => one[section]));
    return [...built[section].keys()].filter((id) => !used.has(id)).map((id) => `${section}.${id}`);
  });
}

/** A class because it is state that grows: the faults of one file. */
class Faults {
  readonly #yaml: YamlText;
  readonly #found: ConfigFault[] = [];

  constructor(yaml: YamlText) {
    this.#yaml = yaml;
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  add(path: ConfigPath, message: string): void {
    this.#found.push({ line: this.#yaml.lineOf(path), key: printPath(path), message });
  }

  /** Null, with its faults, for what cannot be used. What was written as a text, or a variable's, is one where a text is wanted. */
  read<T>(path: ConfigPath, kind: z.ZodType<T>, value: unknown): T | null {
    let parsed = kind.safeParse(value);
    if (parsed.success) return parsed.data;
    const asTexts = parsed.error.issues.filter((issue) => this.#yaml.asText(placeOf(path, issue)));
    if (asTexts.length > 0) parsed = kind.safeParse(value);
    if (parsed.success) return parsed.data;
    this.#addIssues(path, parsed.error.issues);
    return null;
  }

  #addIssues(path: ConfigPath, issues: readonly z.core.$ZodIssue[]): void {
    for (const issue of issues) {
      const at = placeOf(path, issue);
      if (issue.code !== 'unrecognized_keys') this.add(at, issue.message);
      else {
        for (const key of issue.keys) this.add([...at, key], isCollectorKey(key) ? NOT_SUPPORTED : 'unknown key');
      }
    }
  }

  sorted(): readonly ConfigFault[] {
    return this.#found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }
}

const NOT_SUPPORTED = "not supported: the OpenTelemetry Collector's, but not ours";

function placeOf(path: ConfigPath, issue: z.core.$ZodIssue): ConfigPath {
  return [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
}

function missing(key: string): string {
  return `expected ${key} with its pipelines`;
}
