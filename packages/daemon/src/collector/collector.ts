import type { Result } from '@fluoroscope/model';
import { exporterKinds } from './components/exporters.ts';
import { EXTENSIONS } from './components/extensions.ts';
import { processorKinds } from './components/processors.ts';
import { RECEIVERS } from './components/receivers.ts';
import { readConfig } from './config/read-config.ts';
import type { ConfigFault } from './config/yaml-text.ts';
import { buildGraph, messageOf, type CollectorConfig, type Graph } from './graph.ts';
import { createListeners } from './listeners.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { changedOwnPorts, openOwnPorts, type Condition } from './own-ports.ts';
import { createFolders } from './storage.ts';

export interface CollectorOptions {
  readonly readText: () => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For what happens while it runs. */
  readonly writeLine: (line: string) => void;
  /** How long exporters try to deliver what they hold, at the end and after a reload. */
  readonly drainMs?: number;
}

export interface RunningCollector extends AsyncDisposable {
  /** Listeners by protocol, such as `otlp/grpc`, and `metrics`. */
  readonly addresses: () => readonly { readonly protocol: string; readonly address: string }[];
  readonly notices: readonly string[];
  /** Reads the configuration once more. One that cannot be used changes nothing. False when it was not. Never rejects. */
  readonly reload: () => Promise<boolean>;
}

const DRAIN_MS = 10_000;

/** What somebody must put right before it can start. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
}

/** The configuration, checked. */
export function readCollectorConfig(
  source: string,
  environment: CollectorOptions['environment'],
): Result<CollectorConfig, readonly ConfigFault[]> {
  return readConfig(
    source,
    {
      receivers: RECEIVERS,
      processors: processorKinds(environment),
      exporters: exporterKinds(environment),
      extensions: EXTENSIONS,
    },
    environment,
  );
}

/** One line for each, as `file:12: exporters.otlp.endpoint: …`. */
export function printFaults(file: string, faults: readonly ConfigFault[]): string {
  return faults
    .map(({ line, key, message }) => {
      const at = line === null ? file : `${file}:${line}`;
      return key === '' ? `${at}: ${message}` : `${at}: ${key}: ${message}`;
    })
    .join('\n');
}

/** Starts. Rejects with CollectorError when the configuration or a port of it cannot be used. */
export async function startCollector(file: string, options: CollectorOptions): Promise<RunningCollector> {
  const log = createLog(options.writeLine);
  const metrics = createMetrics();
  const parts = { log, metrics, folders: createFolders(), drainMs: options.drainMs ?? DRAIN_MS };
  const listeners = createListeners(parts);

  /** Listeners first: no port, no change. */
  async function apply(config: CollectorConfig): Promise<Graph> {
    let graph: Graph | null = null;
    try {
      graph = await buildGraph(config, parts);
      await listeners.change(config, graph.inputs);
      return graph;
    } catch (error) {
      await graph?.[Symbol.asyncDispose]();
      throw new CollectorError(`${file}: ${messageOf(error)}`, { cause: error });
    }
  }

  const config = await load(file, options);
  let condition: Condition = 'starting';
  const own = await openOwnPorts(config, metrics.print, () => condition).catch((error: unknown) => {
    throw new CollectorError(`${file}: ${messageOf(error)}`, { cause: error });
  });
  let graph = await apply(config).catch(async (error: unknown) => {
    await own[Symbol.asyncDispose]();
    throw error;
  });
  condition = 'ready';

  async function reloadOnce(): Promise<boolean> {
    if (condition === 'stopping') return false;
    try {
      const wanted = await load(file, options);
      const old = graph;
      graph = await apply(wanted);
      metrics.reloaded(true);
      log.info(`configuration reloaded from ${file}`);
      for (const key of changedOwnPorts(config, wanted)) log.warn(`${key}: takes a restart to change`);
      await old[Symbol.asyncDispose]();
      return true;
    } catch (error) {
      metrics.reloaded(false);
      log.warn(`configuration not reloaded, the one before stays:\n${messageOf(error)}`);
      return false;
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    addresses: () => [...listeners.addresses(), ...own.addresses],
    notices: config.unused.map((id) => `${id} is not in use`),
    reload() {
      const reloading = last.then(reloadOnce);
      last = reloading;
      return reloading;
    },
    async [Symbol.asyncDispose]() {
      await last;
      condition = 'stopping';
      await listeners[Symbol.asyncDispose]();
      await graph[Symbol.asyncDispose]();
      await own[Symbol.asyncDispose]();
    },
  };
}

async function load(file: string, { readText, environment }: CollectorOptions): Promise<CollectorConfig> {
  let source: string;
  try {
    source = await readText();
  } catch (cause) {
    throw new CollectorError(`${file}: cannot be read`, { cause });
  }
  const read = readCollectorConfig(source, environment);
  if (!read.ok) throw new CollectorError(printFaults(file, read.problem));
  return read.value;
}
