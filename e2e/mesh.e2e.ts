import { meshTraceId, readMesh, type MeshFixture, type MeshOptions } from '../packages/testkit/src/mesh.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually, makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

// Bookinfo's sidecars as they report over the wire: testdata/mesh has their spans, and where each field comes from. No live
// Envoy is run here.

const START_SECONDS = Math.floor(Date.now() / 1_000) - 120;
const RANGE = { StartTime: START_SECONDS - 60, EndTime: START_SECONDS + 120 };
const SETTLED_MS_MAX = 60_000;

let dataDir: string;
let program: Program;

beforeEach(async () => {
  dataDir = makeFolder();
  program = await startProgram([
    ...serveFlags(dataDir),
    ...['otlp-http', 'zipkin'].flatMap((name) => [`--${name}-listen`, '127.0.0.1:0']),
  ]);
});

afterEach(async () => {
  await program?.stop();
  removeFolder(dataDir);
});

test.each<[MeshFixture, string, MeshOptions]>([
  ['istio-1.7-zipkin', 'istio-ingressgateway', {}],
  ['istio-1.7-zipkin', 'istio-ingressgateway', { isShort: true }],
  ['istio-current-zipkin', 'istio-ingressgateway', {}],
  ['istio-current-otlp', 'istio-ingressgateway.istio-system', {}],
])('%s: a gateway and four services, each once, with their faults', async (fixture, gateway, more) => {
  const options = { ...more, startSeconds: START_SECONDS };
  const isOtlp = fixture.endsWith('otlp');
  await sendAll(fixture, options);

  await vi.waitFor(
    async () =>
      expect(Object.fromEntries(await readGraph())).toEqual({
        client: [`${gateway} 5`],
        [gateway]: ['productpage.default 5'],
        'productpage.default': ['details.default 5, 1 failed', 'reviews.default 5'],
        'reviews.default': ['ratings.default 4, 1 failed'],
        'details.default': [],
        'ratings.default': [],
      }),
    SETTLED_MS_MAX,
  );
  await eventually(
    async () => (await fetch(`http://${program.http}/api/status`)).json(),
    ({ backlogCount }: { readonly backlogCount?: number }) => backlogCount === 0,
  );

  const ids = (...requests: readonly number[]): readonly string[] => requests.map((nth) => meshTraceId(nth, options));
  expect(await find('edge("reviews.default", "ratings.default") { fault }')).toEqual(ids(4));
  expect(await find('edge("productpage.default", "details.default") { fault }')).toEqual(ids(5));
  expect(await find('service("ratings.default") { fault } OR service("details.default") { fault }')).toEqual(ids(4, 5));
  expect(await find('annotation.response_flags = "FI"')).toEqual(ids(4));
  expect(await find('annotation.response_flags = "UH"')).toEqual(ids(5));
  expect(await find('annotation[mesh.workload] = "reviews-v3"')).toEqual(ids(3, 5));
  expect(await find('annotation[mesh.peer_service] = "ratings.default" AND annotation[mesh.port] = 9080')).toEqual(
    ids(2, 3, 4, 5),
  );
  expect(await find('annotation[mesh.namespace] = "istio-system"')).toEqual(ids(1, 2, 3, 4, 5));
  if (fixture !== 'istio-1.7-zipkin')
    expect(await find('annotation[mesh.version] = "v1" AND !annotation.nope')).toHaveLength(5);

  const [two = ''] = ids(2);
  const { Traces } = await post(program.http, '/Traces', { TraceIds: [spell(two, options)] });
  expect(Traces).toMatchObject([{ Id: two }]);
  const text = JSON.stringify(Traces);
  const sent =
    readMesh(fixture, options)
      .join('\n')
      .match(/"(?:id|spanId)":"(002\w{13})"/g) ?? [];
  // Every span is there, under its own id.
  expect(sent).toHaveLength(8);
  for (const id of sent) expect(text).toContain(`\\"${id.split('"')[3]}\\"`);
  expect(text).toContain(isOtlp ? 'egress ratings:9080' : 'ratings.default.svc.cluster.local:9080/*');
});

test('applications behind the sidecars report by OTLP too: the same nodes, and every span in the trace', async () => {
  const options = { startSeconds: START_SECONDS };
  // They end before the requests that they answer, and report at once.
  const applications = [otlpSpan('Product Page', '00a2', '0012', 2), otlpSpan('Reviews', '00a6', '0016', 2)];
  expect(await send('otlp-http', '/v1/traces', { resourceSpans: [applications[0]] })).toBe(200);
  await sendAll('istio-current-otlp', options);
  expect(await send('otlp-http', '/v1/traces', { resourceSpans: [applications[1]] })).toBe(200);

  const asked = { TraceIds: [meshTraceId(1, options)] };
  const traces = await eventually(
    async () => JSON.stringify(await post(program.http, '/Traces', asked)),
    (text) =>
      text.includes('00a6c0ffee00b00c') && text.includes('00a2c0ffee00b00c') && text.includes('0016c0ffee00b00c'),
  );
  expect(traces).toContain('Product Page');
  await vi.waitFor(async () => {
    const { Services } = await post(program.http, '/TraceGraph', asked);
    const names = (Services as readonly Record<string, unknown>[]).map(({ Type, Name }) =>
      Type === 'client' ? 'client' : String(Name),
    );
    expect(names.toSorted()).toEqual([
      'client',
      'details.default',
      'istio-ingressgateway.istio-system',
      'productpage.default',
      'reviews.default',
    ]);
  }, SETTLED_MS_MAX);
});

/** Each proxy in a request of its own, the last of them first. */
async function sendAll(fixture: MeshFixture, options: MeshOptions): Promise<void> {
  const items: readonly object[] = readMesh(fixture, options).map((text) => JSON.parse(text));
  for (const item of items.toReversed()) {
    if (fixture.endsWith('otlp')) expect(await send('otlp-http', '/v1/traces', { resourceSpans: [item] })).toBe(200);
    else expect(await send('zipkin', '/api/v2/spans', [item])).toBe(202);
  }
}

async function send(listener: string, path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const url = `http://${program.address(listener)}${path}`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  return answer.status;
}

/** Nodes by name, each with its edges: the callee, how many calls, how many of them failed. */
async function readGraph(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { Services } = await post(program.http, '/ServiceGraph', RANGE);
  if (!Array.isArray(Services)) return new Map();
  const nameOf = ({ Name, Type }: { readonly Name: string; readonly Type?: string }): string =>
    Type === 'client' ? 'client' : Name;
  const names = new Map<number, string>(Services.map((service) => [service.ReferenceId, nameOf(service)]));
  return new Map(
    Services.map((service) => [
      nameOf(service),
      service.Edges.map((edge: { readonly ReferenceId: number; readonly SummaryStatistics: Statistics }) => {
        const { TotalCount, FaultStatistics } = edge.SummaryStatistics;
        const failed = FaultStatistics.TotalCount === 0 ? '' : `, ${FaultStatistics.TotalCount} failed`;
        return `${names.get(edge.ReferenceId)} ${TotalCount}${failed}`;
      }).toSorted(),
    ]),
  );
}

interface Statistics {
  readonly TotalCount: number;
  readonly FaultStatistics: { readonly TotalCount: number };
}

async function find(FilterExpression: string): Promise<readonly string[]> {
  const { TraceSummaries } = await post(program.http, '/TraceSummaries', { ...RANGE, FilterExpression });
  if (!Array.isArray(TraceSummaries)) throw new Error(FilterExpression);
  return TraceSummaries.map(({ Id }) => String(Id)).toSorted();
}

/** The id as the mesh's tools write it. */
function spell(id: string, { isShort = false }: MeshOptions): string {
  const digits = id.slice(2).replace('-', '').toUpperCase();
  return isShort ? digits.slice(16) : digits;
}

function otlpSpan(service: string, id: string, parentId: string, kind: number): object {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const traceId = meshTraceId(1, { startSeconds: START_SECONDS }).slice(2).replace('-', '');
  const times = { startTimeUnixNano: `${START_SECONDS}010000000`, endTimeUnixNano: `${START_SECONDS}040000000` };
  const span = {
    traceId,
    spanId: `${id}c0ffee00b00c`,
    parentSpanId: `${parentId}c0ffee00b00c`,
    name: 'GET',
    kind,
    ...times,
  };
  return { resource: { attributes }, scopeSpans: [{ spans: [span] }] };
}
