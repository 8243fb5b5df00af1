import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually } from '../eventually.mjs';
import { startServer } from '../server.mjs';

/** What the plugin holds itself to: rows of its list, traces of its analytics, parallel parts of a range. */
const ROWS_MAX = 1_000;
const ANALYTICS_TRACES = 10_000;
const PARTS = 4;
/** Of this suite: more traces than the list shows, and a target that makes the plugin halve its sampling. */
const TRACES = 1_200;
const SMALL_TARGET = 250;
const DOCUMENTS_PER_CALL = 50;
const FAULTY_EVERY = 10;
const MINUTES = 48;
const COUNTERS = [
  ['ErrorStatistics', 'OtherCount'],
  ['ErrorStatistics', 'ThrottleCount'],
  ['ErrorStatistics', 'TotalCount'],
  ['FaultStatistics', 'OtherCount'],
  ['FaultStatistics', 'TotalCount'],
  ['OkCount'],
  ['TotalCount'],
  ['TotalResponseTime'],
];

/** The calls of Grafana's X-Ray plugin, with its bodies and its paging, and the members it reads without looking whether they are there. */
export async function grafana({ program, tally }) {
  const server = await startServer(program);
  try {
    const ask = (path, body) => post(server.endpoint, path, body);
    const sent = makeTraces();
    await put(ask, sent);
    await ask('/CreateGroup', { GroupName: 'faulty', FilterExpression: 'fault' });
    const scene = { ask, sent, range: rangeOf(sent), faulty: sent.filter(({ isFaulty }) => isFaulty).length };
    await checkList(tally, scene);
    await checkTrace(tally, scene);
    await checkMaps(tally, scene);
    await checkTimeSeries(tally, scene);
    await checkAnalytics(tally, scene);
    await checkInsights(tally, scene);
  } finally {
    await server.stop();
  }
}

async function checkList(tally, { ask, range }) {
  await tally.check('health check: the groups, each with name and ARN', async () => {
    const { Groups } = await ask('/Groups', {});
    assert.deepEqual(Groups.map(({ GroupName }) => GroupName).toSorted(), ['Default', 'faulty']);
    for (const { GroupARN } of Groups) assert.match(GroupARN, /^arn:aws:xray:.*:group\//);
  });

  await tally.check(`list: stops at ${ROWS_MAX} rows, and each has Http`, async () => {
    const rows = await eventually(async () => {
      const found = [];
      await pages(ask, '/TraceSummaries', range, ({ TraceSummaries }) => {
        found.push(...TraceSummaries);
        return found.length < ROWS_MAX;
      });
      assert.ok(found.length >= ROWS_MAX && found.length < TRACES, `${found.length} rows`);
      return found;
    });
    assert.equal(new Set(rows.map(({ Id }) => Id)).size, rows.length);
    for (const { Http, Annotations, Duration } of rows) {
      assert.equal(typeof Http, 'object');
      assert.notEqual(Http, null);
      assert.equal(typeof Duration, 'number');
      for (const values of Object.values(Annotations ?? {})) assert.ok(Array.isArray(values));
    }
  });
}

async function checkTrace(tally, { ask, sent }) {
  await tally.check('trace view: by an id of 32 hex digits, documents and graph at once', async () => {
    const [{ id }] = sent;
    const hex = id.replaceAll('-', '').slice(1);
    const given = `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
    const [{ Traces }, { Services }] = await Promise.all([
      ask('/Traces', { TraceIds: [given] }),
      ask('/TraceGraph', { TraceIds: [given] }),
    ]);
    assert.equal(Traces.length, 1);
    assert.ok(Traces[0].Segments.every(({ Document }) => JSON.parse(Document).trace_id === id));
    assertNodes(Services);
    assert.deepEqual(namesOf(Services), ['shop', 'shop', 'stock']);
  });
}

async function checkMaps(tally, { ask, range, faulty }) {
  for (const [GroupName, requests] of [
    ['Default', TRACES],
    ['faulty', faulty],
  ]) {
    await tally.check(`service map of group ${GroupName}`, async () => {
      const services = [];
      await pages(ask, '/ServiceGraph', { ...range, GroupName }, (page) => services.push(...page.Services));
      assertNodes(services);
      assert.deepEqual(namesOf(services), ['shop', 'shop', 'stock']);
      const shop = services.find(({ Name, Type }) => Name === 'shop' && Type !== 'client');
      assert.equal(shop.SummaryStatistics.TotalCount, requests);
      const stock = services.find(({ Name }) => Name === 'stock');
      assert.equal(
        shop.Edges.find(({ ReferenceId }) => ReferenceId === stock.ReferenceId)?.SummaryStatistics.TotalCount,
        requests,
      );
    });
  }
}

async function checkTimeSeries(tally, { ask, range, faulty }) {
  for (const [name, body, total] of [
    ['a service', { Period: 60, EntitySelectorExpression: 'service("shop")' }, TRACES],
    ['a wide range', { Period: 300, EntitySelectorExpression: 'service("shop")' }, TRACES],
    ['the calls of clients', { Period: 60 }, TRACES],
    [
      'a group, as its expression before the selector',
      { Period: 60, EntitySelectorExpression: 'fault AND service("shop")' },
      faulty,
    ],
  ]) {
    await tally.check(`time series of ${name}: every counter in every period`, async () => {
      const periods = [];
      await pages(ask, '/TimeSeriesServiceStatistics', { ...range, ...body }, (page) =>
        periods.push(...page.TimeSeriesServiceStatistics),
      );
      const statistics = periods.map((one) => one.EdgeSummaryStatistics ?? one.ServiceSummaryStatistics);
      for (const one of statistics)
        for (const path of COUNTERS) assert.equal(typeof memberOf(one, path), 'number', path.join('.'));
      assert.equal(sum(statistics.map(({ TotalCount }) => TotalCount)), total);
      for (const { Timestamp } of periods) assert.equal(typeof Timestamp, 'number');
    });
  }
}

async function checkAnalytics(tally, scene) {
  await tally.check('analytics without a filter: counted, then four parts of the range, each trace once', async () => {
    const count = await tracesCount(scene);
    assert.equal(count, TRACES);
    const { traces } = await analytics(scene, { sampling: Math.min(ANALYTICS_TRACES / count, 1), target: Infinity });
    assert.deepEqual(idsOf(traces), scene.sent.map(({ id }) => id).toSorted());
    traces.forEach(assertRootCauses);
  });

  await tally.check('analytics with a filter: a page goes on when the sampling asked for has been halved', async () => {
    const found = await analytics(scene, { sampling: 1, target: SMALL_TARGET, FilterExpression: 'service("shop")' });
    assert.ok(found.halved > 0, 'the sampling was never halved');
    assert.equal(found.seen.size, TRACES);
  });

  await tally.check('analytics by status code and user', async () => {
    const { traces } = await analytics(scene, { sampling: 1, target: Infinity, FilterExpression: 'http.status = 500' });
    assert.equal(traces.length, scene.faulty);
    for (const { Http, Users } of traces) {
      assert.equal(Http.HttpStatus, 500);
      assert.deepEqual(
        Users.map(({ UserName }) => UserName),
        ['ann'],
      );
    }
  });
}

async function checkInsights(tally, { ask, range }) {
  await tally.check('insights: once for each group, with an empty list of states', async () => {
    const { Groups } = await ask('/Groups', {});
    for (const { GroupName } of Groups) {
      const { InsightSummaries } = await ask('/InsightSummaries', { ...range, States: [], GroupName });
      for (const insight of InsightSummaries) {
        assert.equal(typeof insight.RootCauseServiceId.Name, 'string');
        assert.equal(typeof insight.TopAnomalousServices[0].ServiceId.Name, 'string');
        assert.ok(insight.Summary.split('.').length > 1, 'a summary of no sentence');
        // The plugin takes the difference of the two, open insights included.
        assert.ok(insight.EndTime >= insight.StartTime);
      }
    }
  });
}

async function tracesCount({ ask, range }) {
  const { Groups } = await ask('/Groups', {});
  const { GroupARN } = Groups.find(({ GroupName }) => GroupName === 'Default');
  let count = 0;
  await pages(ask, '/TimeSeriesServiceStatistics', { ...range, GroupARN, Period: 60 }, (page) => {
    const periods = page.TimeSeriesServiceStatistics;
    count += sum(periods.map((one) => (one.ServiceSummaryStatistics ?? one.EdgeSummaryStatistics).TotalCount));
    return true;
  });
  return count;
}

/** Four parts side by side, a page of each at a time; what is beyond the target is halved, and what is asked for from then on. */
async function analytics({ ask, range }, { sampling, target, FilterExpression }) {
  const part = (range.EndTime - range.StartTime) / PARTS;
  const requests = Array.from({ length: PARTS }, (_, index) => ({
    StartTime: range.StartTime + index * part,
    EndTime: range.StartTime + (index + 1) * part,
    ...(FilterExpression !== undefined && { FilterExpression }),
    TimeRangeType: 'Event',
    Sampling: true,
    SamplingStrategy: { Name: 'FixedRate', Value: sampling },
  }));
  const seen = new Set();
  let halved = 0;
  let traces = [];
  let left = requests;
  while (left.length > 0) {
    const answers = await Promise.all(left.map((request) => ask('/TraceSummaries', request)));
    for (const [index, { TraceSummaries, NextToken }] of answers.entries()) {
      traces.push(...TraceSummaries);
      for (const { Id } of TraceSummaries) seen.add(Id);
      left[index].NextToken = NextToken;
    }
    left = left.filter(({ NextToken }) => NextToken !== undefined);
    if (traces.length > target) {
      halved += 1;
      traces = traces.filter((_, index) => index % 2 === 0);
      for (const { SamplingStrategy } of requests) SamplingStrategy.Value /= 2;
    }
  }
  return { traces, seen, halved };
}

/** Members that the plugin, or its node graph, reads without a look. */
function assertNodes(services) {
  for (const node of services) {
    const at = `${node.Name} ${node.Type}`;
    assert.ok(Array.isArray(node.Edges), at);
    const hasStatistics = node.SummaryStatistics ?? node.Edges.some(({ SummaryStatistics }) => SummaryStatistics);
    assert.ok(hasStatistics, at);
    // As AWS answers: a segment without origin has none.
    assert.ok(node.Type === undefined || typeof node.Type === 'string', at);
    assert.ok(['active', 'unknown'].includes(node.State), at);
    assert.ok(node.Root === true || node.Root === undefined || node.Root === false, at);
    assert.ok(node.AccountId === undefined || typeof node.AccountId === 'string', at);
    assert.ok(node.EndTime > node.StartTime, at);
    for (const edge of node.Edges) assert.ok(Array.isArray(edge.ResponseTimeHistogram), at);
    for (const one of [node, ...node.Edges]) if (one.SummaryStatistics) assertArcs(one.SummaryStatistics, at);
  }
}

function assertArcs({ OkCount, ErrorStatistics, FaultStatistics, TotalCount }, at) {
  const { TotalCount: errors, ThrottleCount: throttled } = ErrorStatistics;
  const arcs = [OkCount, errors - throttled, throttled, FaultStatistics.TotalCount].map((count) => count / TotalCount);
  assert.ok(
    arcs.every((arc) => arc >= 0 && arc <= 1),
    at,
  );
  assert.ok(Math.abs(sum(arcs) - 1) < 1e-9, at);
}

function assertRootCauses({ ResponseTimeRootCauses = [], ErrorRootCauses = [], FaultRootCauses = [] }) {
  for (const { Services } of [...ResponseTimeRootCauses, ...ErrorRootCauses, ...FaultRootCauses]) {
    assert.ok(Services.length > 0);
    // Here it must be there, even where the segment has no origin: the plugin's backend ends without it.
    for (const { Name, Type } of Services) assert.deepEqual([typeof Name, typeof Type], ['string', 'string']);
  }
  for (const { EntityPath } of ResponseTimeRootCauses.flatMap(({ Services }) => Services)) {
    assert.ok(EntityPath.length > 0);
    for (const { Name } of EntityPath) assert.equal(typeof Name, 'string');
  }
  for (const { EntityPath = [] } of [...ErrorRootCauses, ...FaultRootCauses].flatMap(({ Services }) => Services)) {
    for (const { Name } of EntityPath.flatMap(({ Exceptions = [] }) => Exceptions)) assert.equal(typeof Name, 'string');
  }
}

function makeTraces() {
  const startS = Math.floor(Date.now() / 1_000) - MINUTES * 60;
  return Array.from({ length: TRACES }, (_, index) => {
    const start_time = startS + (index * (MINUTES - 2) * 60) / TRACES;
    const isFaulty = index % FAULTY_EVERY === 0;
    const id = `1-${Math.floor(start_time).toString(16)}-${newId(12)}`;
    return { id, isFaulty, start_time, document: documentOf(id, start_time, isFaulty) };
  });
}

function documentOf(trace_id, start_time, isFaulty) {
  const exceptions = [{ id: newId(8), message: 'nothing in stock', type: 'StockError' }];
  const failed = isFaulty && { fault: true, cause: { exceptions } };
  const call = { id: newId(8), name: 'stock', namespace: 'remote', start_time, end_time: start_time + 0.05, ...failed };
  return JSON.stringify({
    trace_id,
    id: newId(8),
    name: 'shop',
    start_time,
    end_time: start_time + 0.1,
    user: isFaulty ? 'ann' : 'bo',
    annotations: { kind: isFaulty ? 'bad' : 'good' },
    http: { request: { method: 'GET', url: 'http://shop/' }, response: { status: isFaulty ? 500 : 200 } },
    ...failed,
    subsegments: [call],
  });
}

async function put(ask, sent) {
  for (let from = 0; from < sent.length; from += DOCUMENTS_PER_CALL) {
    const TraceSegmentDocuments = sent.slice(from, from + DOCUMENTS_PER_CALL).map(({ document }) => document);
    const { UnprocessedTraceSegments } = await ask('/TraceSegments', { TraceSegmentDocuments });
    assert.deepEqual(UnprocessedTraceSegments, []);
  }
}

/** With fractions, as Grafana's are: of milliseconds. */
function rangeOf(sent) {
  return { StartTime: sent[0].start_time - 60.25, EndTime: sent.at(-1).start_time + 60.125 };
}

async function pages(ask, path, body, take) {
  let NextToken;
  do {
    const page = await ask(path, NextToken === undefined ? body : { ...body, NextToken });
    if (take(page) === false) return;
    ({ NextToken } = page);
  } while (NextToken !== undefined);
}

async function post(endpoint, path, body) {
  const response = await fetch(`${endpoint}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 200, `${path}: ${text}`);
  return JSON.parse(text);
}

const memberOf = (value, path) => path.reduce((at, key) => at?.[key], value);
const namesOf = (services) => services.map(({ Name }) => Name).toSorted();
const idsOf = (traces) => traces.map(({ Id }) => Id).toSorted();
const sum = (values) => values.reduce((total, value) => total + value, 0);
const newId = (bytes) => randomBytes(bytes).toString('hex');
