import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually } from '../eventually.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';

const ENV = cleanEnv({
  AWS_ACCESS_KEY_ID: 'interop',
  AWS_SECRET_ACCESS_KEY: 'interop',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_PAGER: '',
});
/** More than two pages of the summaries AWS answers with. */
const MANY_TRACES = 250;
const DOCUMENTS_PER_CALL = 50;
const SHOP = 'cli-shop';
const STOCK = 'cli-stock';

/** The AWS CLI with nothing but --endpoint-url. */
export async function awsCli({ server, python, tally }) {
  const ask = (operation, ...args) => runAws(python.aws, server.endpoint, operation, args);
  const range = ['--start-time', seconds(-300), '--end-time', seconds(60)];
  const sold = trace(SHOP, { httpStatus: 200, annotation: 'sold', calls: STOCK });
  const broken = trace(SHOP, { httpStatus: 500, annotation: 'broken' });

  await tally.check('put-trace-segments takes documents and names the one it refuses', async () => {
    const refused = { ...broken.documents[0], trace_id: 'not-a-trace-id', id: newId(8) };
    const documents = [...sold.documents, ...broken.documents, refused].map((document) => JSON.stringify(document));
    const { UnprocessedTraceSegments } = await ask('put-trace-segments', '--trace-segment-documents', ...documents);
    assert.deepEqual(
      UnprocessedTraceSegments.map(({ Id, ErrorCode }) => [Id, ErrorCode]),
      [[refused.id, 'InvalidTraceId']],
    );
  });

  await tally.check('get-trace-summaries finds by filter expression', async () => {
    const filter = `service("${SHOP}") AND http.status = 500 AND annotation.kind = "broken"`;
    const { TraceSummaries } = await eventually(async () => {
      const answer = await ask('get-trace-summaries', ...range, '--filter-expression', filter);
      assert.equal(answer.TraceSummaries.length, 1);
      return answer;
    });
    const [summary] = TraceSummaries;
    assert.equal(summary.Id, broken.id);
    assert.equal(summary.HasFault, true);
    assert.equal(summary.Http.HttpStatus, 500);
    assert.equal(summary.EntryPoint.Name, SHOP);
  });

  await tally.check('batch-get-traces gives the documents back, and the ids it does not know', async () => {
    const unknown = newTraceId();
    const { Traces, UnprocessedTraceIds } = await ask('batch-get-traces', '--trace-ids', sold.id, unknown);
    assert.deepEqual(
      Traces.map(({ Id }) => Id),
      [sold.id],
    );
    const names = Traces[0].Segments.map(({ Document }) => JSON.parse(Document).name);
    assert.deepEqual(names.toSorted(), [SHOP, STOCK]);
    assert.deepEqual(UnprocessedTraceIds, [unknown]);
  });

  await tally.check('get-service-graph has the edge from caller to called', async () => {
    await eventually(async () => assertEdge((await ask('get-service-graph', ...range)).Services));
  });

  await tally.check('get-trace-graph has it too', async () => {
    const { Services } = await ask('get-trace-graph', '--trace-ids', sold.id);
    assertEdge(Services);
    assert.equal(named(Services, SHOP).SummaryStatistics.TotalCount, 1);
  });

  await checkPages(ask, range, tally);
  await checkSampling(ask, tally);

  await tally.check('put-telemetry-records is taken', async () => {
    const record = `Timestamp=${seconds(0)},SegmentsReceivedCount=3,SegmentsSentCount=3,BackendConnectionErrors={TimeoutCount=1}`;
    await ask('put-telemetry-records', '--telemetry-records', record, '--hostname', 'interop');
  });

  await checkAddress(server, python, tally);
  await checkRefusals(ask, range, tally);
}

async function checkPages(ask, range, tally) {
  const kind = `many-${newId(4)}`;
  const traces = Array.from({ length: MANY_TRACES }, () => trace('cli-many', { httpStatus: 200, annotation: kind }));
  const filter = ['--filter-expression', `annotation.kind = "${kind}"`];

  await tally.check(`get-trace-summaries pages through ${MANY_TRACES} traces`, async () => {
    const documents = traces.flatMap((one) => one.documents).map((document) => JSON.stringify(document));
    for (let from = 0; from < documents.length; from += DOCUMENTS_PER_CALL) {
      const batch = documents.slice(from, from + DOCUMENTS_PER_CALL);
      await ask('put-trace-segments', '--trace-segment-documents', ...batch);
    }
    await eventually(async () => {
      const { TraceSummaries } = await ask('get-trace-summaries', ...range, ...filter);
      const found = new Set(TraceSummaries.map(({ Id }) => Id));
      assert.equal(TraceSummaries.length, MANY_TRACES);
      assert.deepEqual(found, new Set(traces.map(({ id }) => id)));
    });
  });

  await tally.check('one page is a part of them, with a token for the next', async () => {
    const first = await ask('get-trace-summaries', ...range, ...filter, '--no-paginate');
    assert.ok(first.TraceSummaries.length > 0 && first.TraceSummaries.length < MANY_TRACES);
    const second = await ask(
      'get-trace-summaries',
      ...range,
      ...filter,
      '--no-paginate',
      '--next-token',
      first.NextToken,
    );
    const seen = new Set(first.TraceSummaries.map(({ Id }) => Id));
    assert.equal(
      second.TraceSummaries.some(({ Id }) => seen.has(Id)),
      false,
    );
  });
}

async function checkSampling(ask, tally) {
  await tally.check('get-sampling-rules has the Default rule at the rate the server was started with', async () => {
    const { SamplingRuleRecords } = await ask('get-sampling-rules');
    const rules = SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule);
    const rule = rules.find(({ RuleName }) => RuleName === 'Default');
    assert.equal(rule.Priority, 10_000);
    assert.equal(rule.FixedRate, 1);
    assert.equal(rule.Version, 1);
    assert.deepEqual(rule.Attributes, {});
  });

  await tally.check('get-sampling-targets answers each rule it knows and names the one it does not', async () => {
    const counts = `ClientID=${newId(12)},Timestamp=${seconds(0)},RequestCount=5,SampledCount=1,BorrowCount=1`;
    const statistics = [`RuleName=Default,${counts}`, `RuleName=Nobody,${counts}`];
    const answer = await ask('get-sampling-targets', '--sampling-statistics-documents', ...statistics);
    const [target] = answer.SamplingTargetDocuments;
    assert.equal(target.RuleName, 'Default');
    assert.equal(target.FixedRate, 1);
    assert.ok(answer.LastRuleModification !== undefined);
    assert.deepEqual(
      answer.UnprocessedStatistics.map(({ RuleName }) => RuleName),
      ['Nobody'],
    );
  });
}

async function checkAddress(server, python, tally) {
  await tally.check('the address may come from AWS_ENDPOINT_URL_XRAY instead', async () => {
    const env = { ...ENV, AWS_ENDPOINT_URL_XRAY: server.endpoint };
    const { code, stdout } = await runCommand(python.aws, ['xray', 'get-sampling-rules', '--output', 'json'], { env });
    assert.equal(code, 0);
    assert.ok(JSON.parse(stdout).SamplingRuleRecords.length > 0);
  });
}

async function checkRefusals(ask, range, tally) {
  await tally.check('a filter that makes no sense is an InvalidRequestException', () =>
    assert.rejects(
      ask('get-trace-summaries', ...range, '--filter-expression', 'service( AND'),
      /An error occurred \(InvalidRequestException\) when calling the GetTraceSummaries operation: \S/,
    ),
  );

  await tally.check('a time range that ends before it starts is an InvalidRequestException', () =>
    assert.rejects(
      ask('get-service-graph', '--start-time', seconds(0), '--end-time', seconds(-60)),
      /InvalidRequestException.*GetServiceGraph/,
    ),
  );
}

async function runAws(aws, endpoint, operation, args) {
  const all = ['xray', operation, '--endpoint-url', endpoint, '--output', 'json', ...args];
  const { code, stdout, stderr } = await runCommand(aws, all, { env: ENV });
  if (code !== 0) throw new Error(`aws xray ${operation} ended with ${code}: ${stderr.trim()}`);
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}

/** A trace of one request to `name`, which may call another service. */
function trace(name, { httpStatus, annotation, calls }) {
  const id = newTraceId();
  const start_time = Date.now() / 1000 - 2;
  const root = {
    trace_id: id,
    id: newId(8),
    name,
    start_time,
    end_time: start_time + 0.25,
    http: { request: { method: 'GET', url: `http://${name}/` }, response: { status: httpStatus } },
    annotations: { kind: annotation },
    ...(httpStatus >= 500 && { fault: true }),
  };
  if (calls === undefined) return { id, documents: [root] };
  const times = { start_time: start_time + 0.05, end_time: start_time + 0.2 };
  const call = { id: newId(8), name: calls, namespace: 'remote', ...times };
  const called = { trace_id: id, id: newId(8), parent_id: call.id, name: calls, ...times };
  return { id, documents: [{ ...root, subsegments: [call] }, called] };
}

function assertEdge(services) {
  const { Edges } = named(services, SHOP);
  const target = named(services, STOCK).ReferenceId;
  const edge = Edges.find(({ ReferenceId }) => ReferenceId === target);
  assert.ok(edge, 'no edge');
  assert.equal(edge.SummaryStatistics.OkCount, 1);
}

function named(services, name) {
  const found = services.find(({ Name, Type }) => Name === name && Type !== 'client');
  assert.ok(found, `no node ${name} among ${services.map(({ Name }) => Name).join(', ')}`);
  return found;
}

const newId = (bytes) => randomBytes(bytes).toString('hex');
const seconds = (fromNow) => String(Math.floor(Date.now() / 1000) + fromNow);
const newTraceId = () => `1-${Math.floor(Date.now() / 1000).toString(16)}-${newId(12)}`;
