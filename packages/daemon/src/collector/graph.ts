import { timeUsFromMs } from '@fluoroscope/model';
import type { Consumer, Stage } from '@fluoroscope/pipeline';
import type { BuildExporter, BuildProcessor, ListenerPlan, ProcessorContext } from './components/component.ts';
import type { Config, PipelineConfig } from './config/read-config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export type CollectorConfig = Config<readonly ListenerPlan[], BuildProcessor, BuildExporter>;

export interface GraphParts {
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of an exporter, at its end. */
  readonly drainMs: number;
}

/** Processors and exporters at work. Disposing hands on what they hold, from first to last. */
export interface Graph extends AsyncDisposable {
  /** By receiver: all its pipelines as one. */
  readonly inputs: ReadonlyMap<string, Consumer>;
}

/** Each pipeline has processors of its own; pipelines share exporters. */
export async function buildGraph(config: CollectorConfig, parts: GraphParts): Promise<Graph> {
  const exporters = new Map<string, Stage>();
  const used = new Set(config.pipelines.flatMap((pipeline) => pipeline.exporters));
  for (const [id, build] of config.exporters) {
    if (used.has(id)) exporters.set(id, await buildExporter(id, build, parts));
  }
  const stages: Stage[] = [];
  const heads = config.pipelines.map((pipeline) => {
    const built = buildPipeline(pipeline, config, exporters, parts);
    stages.push(...built.stages);
    return built.head;
  });
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

function buildExporter(id: string, build: BuildExporter, { metrics, log, drainMs }: GraphParts): Promise<Stage> {
  const subject = `exporter ${id}`;
  return build({
    nowMs: Date.now,
    drainMs,
    write: (line) => log.info(`${subject}: ${line}`),
    troubled: (what, error) => log.seldom(subject, `${what}: ${messageOf(error)}`),
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
  });
}

/** `stages`: those that hold something, from first to last. */
function buildPipeline(
  { name, processors, exporters: wanted }: PipelineConfig,
  config: CollectorConfig,
  exporters: ReadonlyMap<string, Stage>,
  parts: GraphParts,
): { readonly head: Consumer; readonly stages: readonly Stage[] } {
  let head: Consumer = fanOut(wanted.flatMap((id) => exporters.get(id) ?? []));
  const stages: Stage[] = [];
  for (const id of processors.toReversed()) {
    const built = config.processors.get(id)?.(head, contextOf(name, id, parts));
    if (built === undefined) continue;
    if (isStage(built)) stages.unshift(built);
    head = built;
  }
  return { head, stages };
}

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
    traceDecided: (policy) => metrics.traceDecided(pipeline, processor, policy),
    overflowed: (what) => {
      metrics.overflowed(pipeline, processor, what);
      log.seldom(subject, `${what}: one of its limits is too small`);
    },
  };
}

/**
 * Asks all of them, and rejects with what the first rejects with. The sender then comes again with everything: where it was
 * taken the first time it arrives twice, and replaces itself.
 */
export function fanOut(consumers: readonly Consumer[]): Consumer {
  const [only] = consumers;
  if (only !== undefined && consumers.length === 1) return only;
  return {
    async consume(parcels) {
      const outcomes = await Promise.allSettled(consumers.map((consumer) => consumer.consume(parcels)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
}

function isStage(built: Consumer | Stage): built is Stage {
  return Symbol.asyncDispose in built;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
