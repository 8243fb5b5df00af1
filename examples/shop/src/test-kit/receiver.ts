import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { vi } from 'vitest';

/** A segment or subsegment as the SDK writes it: the parts the tests look at. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly namespace?: string;
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly fault?: boolean;
  readonly http?: object;
  readonly aws?: { readonly retries?: number; readonly xray?: Record<string, unknown> };
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: object;
  readonly cause?: { readonly id?: string; readonly exceptions?: readonly Exception[] };
  readonly subsegments?: readonly Entity[];
}

interface Exception {
  readonly type: string;
  readonly message: string;
  readonly stack?: readonly object[];
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

const EVERYTHING = {
  RuleName: 'Everything',
  Priority: 1,
  FixedRate: 1,
  ReservoirSize: 1,
  Version: 1,
  Attributes: {},
  ...Object.fromEntries(
    ['ResourceARN', 'ServiceName', 'ServiceType', 'Host', 'HTTPMethod', 'URLPath'].map((f) => [f, '*']),
  ),
};
const DOCUMENT_MS_MAX = 20_000;

/** What stands where the X-Ray daemon would: takes datagrams and answers sampling with "trace everything". */
export async function startReceiver() {
  const documents: Entity[] = [];
  const requests: string[] = [];
  const udp = dgram.createSocket('udp4');
  udp.on('message', (datagram) => {
    const text = datagram.toString();
    documents.push(JSON.parse(text.slice(text.indexOf('\n') + 1)));
  });
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');

  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const rules = { SamplingRuleRecords: [{ SamplingRule: EVERYTHING }] };
    const targets = { SamplingTargetDocuments: [], LastRuleModification: 0, UnprocessedStatistics: [] };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.url === '/GetSamplingRules' ? rules : targets));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');

  const segments = (traceId: string): Entity[] => documents.filter(({ trace_id }) => trace_id === traceId);
  return {
    address: `tcp:127.0.0.1:${address.port} udp:127.0.0.1:${udp.address().port}`,
    segments,
    all: (): readonly Entity[] => documents,
    asked: (): readonly string[] => requests,
    /** The first segment with each of these names. */
    await: <Name extends string>(traceId: string, names: readonly Name[]): Promise<Record<Name, Entity>> =>
      vi.waitFor(() => firstOfEach(segments(traceId), names), DOCUMENT_MS_MAX),
    close(): void {
      udp.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function firstOfEach<Name extends string>(segments: readonly Entity[], names: readonly Name[]): Record<Name, Entity> {
  const found = names.map((name) => [name, segments.find((segment) => segment.name === name)] as const);
  const missing = found.find(([, segment]) => segment === undefined);
  if (missing !== undefined) throw new Error(`no segment of ${missing[0]} came`);
  return Object.fromEntries(found) as Record<Name, Entity>;
}
