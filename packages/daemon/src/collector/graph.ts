import { join } from 'node:path';
import type { DamagedDetail } from '@fluoroscope/journal';
import { timeUsFromMs } from '@fluoroscope/model';
import { fanOut, type Consumer, type Stage } from '@fluoroscope/pipeline';
import type {
  BuildExporter,
  BuildProcessor,
  ExporterContext,
  ListenerPlan,
  ProcessorContext,
  Extension,
} from './components/component.ts';
import type { Config, PipelineConfig } from './config/read-config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Folders } from './storage.ts';

export type CollectorConfig = Config<readonly ListenerPlan[], BuildProcessor, BuildExporter, Extension>;

export interface GraphParts {
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of an exporter, at its end. */
  readonly drainMs: number;
  readonly folders: Folders;
}

/** Processors and exporters at work. Disposing hands on what they hold, from first to last. */
export interface Graph extends AsyncDisposable {
  /** By receiver: all its pipelines as one. */
  readonly inputs: ReadonlyMap<string, Consumer>;
}

/** Each pipeline has processors of its own; pipelines share exporters. */
export async function buildGraph(config: CollectorConfig, parts: GraphParts): Promise<Graph> {
  const exporters = new Map<string, Stage>();
  const stages: Stage[] = [];
  const heads: Consumer[] = [];
  const used = new Set(config.pipelines.flatMap((pipeline) => pipeline.exporters));
  try {
    for (const [id, build] of config.exporters) {
      if (used.has(id)) exporters.set(id, await buildExporter(id, build, config.extensions, parts));
    }
    for (const pipeline of config.pipelines)
      heads.push(await buildPipeline(pipeline, config, exporters, stages, parts));
  } catch (error) {
    await Promise.all([...stages, ...exporters.values()].map((exporter) => exporter[Symbol.asyncDispose]()));
    throw error;
  }
  const inputs = new Map<string, Consumer>();
  for (const id of config.receivers.keys()) {
    const own = heads.filter((_head, index) => config.pipelines[index]?.receivers.includes(id));
    if (own.length > 0) inputs.set(id, fanOut(own));
  }
  return {
    inputs,
    async [Symbol.asyncDispose]() {
      for (const stage of stages) await stage[Symbol.asyncDispose]();
      await Promise.all([...exporters.values()].map((exporter) => exporter[Symbol.asyncDispose]()));
    },
  };
}

/** Rejects with what is wrong with it, and its name. */
async function buildExporter(
  id: string,
  build: BuildExporter,
  extensions: CollectorConfig['extensions'],
  parts: GraphParts,
): Promise<Stage> {
  try {
    return await build(exporterContext(id, extensions, parts));
  } catch (cause) {
    throw new Error(`exporters.${id}: ${messageOf(cause)}`, { cause });
  }
}

function exporterContext(
  id: string,
  extensions: CollectorConfig['extensions'],
  { metrics, log, drainMs, folders }: GraphParts,
): ExporterContext {
  const subject = `exporter ${id}`;
  const damaged = (batches: number): void => {
    if (batches === 0) return;
    metrics.storageDamaged(id, batches);
    log.seldom(`${subject} storage`, `${batches} batches on disk cannot be read`);
  };
  return {
    nowMs: Date.now,
    drainMs,
    write: (line) => log.info(`${subject}: ${line}`),
    troubled: (what, error) => log.seldom(subject, `${what}: ${messageOf(error)}`),
    damaged,
    async openStore(extension, bytesMax) {
      const storage = extensions.get(extension);
      if (storage?.kind !== 'storage') throw new Error(`${extension} is no storage`);
      return folders.open({
        // As a folder's name, whatever stands behind the type.
        dir: join(storage.directory, `exporter_${encodeURIComponent(id)}`),
        bytesMax,
        dropped: null,
        durability: storage.fsync ? 'fsync' : 'os',
        damaged: (detail) => damaged(lostBatches(detail)),
      });
    },
    events: {
      sent: (count) => metrics.sent(id, count),
      failed: (count, reason, message) => {
        metrics.failed(id, count, reason);
        log.seldom(`${subject} ${reason}`, `${count} documents lost: ${message}`);
      },
      retried: (message) => {
        metrics.retried(id);
        log.seldom(`${subject} retries`, message);
      },
      queued: (count) => metrics.queued(id, count),
    },
  };
}

/** A damaged header costs nothing, and what was cut from the end had not been acknowledged. */
function lostBatches({ kind, afterSequence, beforeSequence }: DamagedDetail): number {
  if (kind === 'header' || kind === 'tail') return 0;
  return beforeSequence === null ? 1 : Math.max(0, beforeSequence - afterSequence - 1);
}

/** To `stages` come those that hold something, from first to last. Rejects with what is wrong with one, and its name. */
async function buildPipeline(
  { name, processors, exporters: wanted }: PipelineConfig,
  config: CollectorConfig,
  exporters: ReadonlyMap<string, Stage>,
  stages: Stage[],
  parts: GraphParts,
): Promise<Consumer> {
  let head: Consumer = fanOut(wanted.flatMap((id) => exporters.get(id) ?? []));
  const before = stages.length;
  for (const id of processors.toReversed()) {
    try {
      const built = await config.processors.get(id)?.(head, contextOf(name, id, parts));
      if (built === undefined) continue;
      if (isStage(built)) stages.splice(before, 0, built);
      head = built;
    } catch (cause) {
      throw new Error(`processors.${id}: ${messageOf(cause)}`, { cause });
    }
  }
  return head;
}

/** An outage is told once a minute. */
const UNSHARED_MS = 60_000;

function contextOf(pipeline: string, processor: string, { metrics, log }: GraphParts): ProcessorContext {
  const subject = `processor ${processor} of ${pipeline}`;
  return {
    nowUs: () => timeUsFromMs(Date.now()),
    events: {
      filtered: (count) => metrics.filtered(pipeline, processor, count),
      dropped: (count, reason) => {
        metrics.dropped(pipeline, processor, count, reason);
        log.seldom(subject, `${count} documents lost: ${reason}`);
      },
    },
    unshared: (why) => {
      metrics.unshared(pipeline, processor);
      log.seldom(`${subject} sharing`, `new trace ids are this collector's own: ${why}`, UNSHARED_MS);
    },
    troubled: (what, error) => log.seldom(`${subject} ${what}`, `${what}: ${messageOf(error)}`, UNSHARED_MS),
    traceDecided: (policy) => metrics.traceDecided(pipeline, processor, policy),
    overflowed: (what) => {
      metrics.overflowed(pipeline, processor, what);
      log.seldom(subject, `${what}: one of its limits is too small`);
    },
  };
}

function isStage(built: Consumer | Stage): built is Stage {
  return Symbol.asyncDispose in built;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
