import { listenHttp, plainAnswer, type HttpAnswer, type HttpListener, type HttpRequest } from '@fluoroscope/pipeline';
import { printAddress, type ListenAddress } from './config/kinds.ts';
import { messageOf, type CollectorConfig } from './graph.ts';

// Ports at which the collector tells about itself: metrics, and probes of `health_check`. They stay as they are through reloads.

export type Condition = 'starting' | 'ready' | 'stopping';

export interface OwnPorts extends AsyncDisposable {
  readonly addresses: readonly { readonly protocol: string; readonly address: string }[];
}

interface OwnPort {
  /** Of the configuration. */
  readonly key: string;
  readonly protocol: string;
  readonly at: ListenAddress;
  /** By path. */
  readonly pages: ReadonlyMap<string, Page>;
}

type Page = (print: () => Promise<string>, condition: Condition) => Promise<HttpAnswer>;

type OwnConfig = Pick<CollectorConfig, 'extensions' | 'metricsAt'>;

const BODY_BYTES_MAX = 1_024;

/** Rejects with what is wrong with one, and its key. */
export async function openOwnPorts(
  config: OwnConfig,
  print: () => Promise<string>,
  condition: () => Condition,
): Promise<OwnPorts> {
  const open: { readonly protocol: string; readonly listener: HttpListener }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map(({ listener }) => listener[Symbol.asyncDispose]()));
  };
  for (const { key, protocol, at, pages } of ownPortsOf(config)) {
    const handle = async ({ method, path }: HttpRequest): Promise<HttpAnswer> => {
      if (method !== 'GET') return plainAnswer(405, 'method: expected GET');
      const page = pages.get(path);
      return page?.(print, condition()) ?? plainAnswer(404, `path: expected ${[...pages.keys()].join(' or ')}`);
    };
    try {
      const listener = await listenHttp({ label: protocol, ...at, bodyBytesMax: BODY_BYTES_MAX, handle });
      open.push({ protocol, listener });
    } catch (cause) {
      await close();
      throw new Error(`${key}: ${messageOf(cause)}`, { cause });
    }
  }
  return {
    addresses: open.map(({ protocol, listener }) => ({ protocol, address: printAddress(listener) })),
    [Symbol.asyncDispose]: close,
  };
}

/** Keys of those that are others in the second configuration. */
export function changedOwnPorts(before: OwnConfig, after: OwnConfig): readonly string[] {
  const [old, wanted] = [before, after].map(
    (config) =>
      new Map(
        ownPortsOf(config).map(({ key, at, pages }) => [key, `${printAddress(at)} ${[...pages.keys()].join(' ')}`]),
      ),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(wanted?.keys() ?? [])]);
  return [...keys].filter((key) => old?.get(key) !== wanted?.get(key));
}

function ownPortsOf({ extensions, metricsAt }: OwnConfig): readonly OwnPort[] {
  const probes = [...extensions].flatMap(([id, extension]): readonly OwnPort[] =>
    extension.kind === 'health'
      ? [{ key: `extensions.${id}`, protocol: id, at: extension.at, pages: new Map([[extension.path, probe]]) }]
      : [],
  );
  if (metricsAt === null) return probes;
  const metrics = {
    key: 'service.telemetry.metrics.address',
    protocol: 'metrics',
    at: metricsAt,
    pages: METRICS_PAGES,
  };
  return [metrics, ...probes];
}

/** As the OpenTelemetry Collector's. */
async function probe(_print: () => Promise<string>, condition: Condition): Promise<HttpAnswer> {
  const isReady = condition === 'ready';
  const body = JSON.stringify({ status: isReady ? 'Server available' : 'Server not available' });
  return { status: isReady ? 200 : 503, headers: { 'content-type': 'application/json' }, body };
}

const METRICS_PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  [
    '/metrics',
    async (print) => ({ status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: await print() }),
  ],
  [
    '/health',
    async (_print, condition) => (condition === 'stopping' ? plainAnswer(503, 'stopping') : plainAnswer(200, 'ok')),
  ],
]);
