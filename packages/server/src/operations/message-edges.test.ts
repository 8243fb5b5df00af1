import { describe, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const SENDER = `1-5759e988-${'1'.repeat(24)}`;
const RECEIVER = `1-5759e988-${'2'.repeat(24)}`;
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs';
const [SHOP, CALL, WORKER, LOCAL] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(16));

describe.each(['GetTraceGraph', 'GetRetrievedTracesGraph'])('%s', (operation) => {
  test.each<[string, object, object, boolean]>([
    ['the receiver links to the call', {}, { links: [{ trace_id: SENDER, id: CALL }] }, true],
    ['the call links to the receiver', { links: [{ trace_id: RECEIVER, id: WORKER }] }, {}, true],
    ['both do', { links: [{ trace_id: RECEIVER, id: WORKER }] }, { links: [{ trace_id: SENDER, id: CALL }] }, true],
    ['the link is at a subsegment', { links: [{ trace_id: RECEIVER, id: LOCAL }] }, {}, true],
    [
      'the receiver names its queue: ages are not told twice',
      {},
      { links: [{ trace_id: SENDER, id: CALL }], aws: { queue_url: QUEUE } },
      false,
    ],
    ['the link is to no call', {}, { links: [{ trace_id: SENDER, id: SHOP }] }, false],
    ['the link is to nothing', {}, { links: [{ trace_id: SENDER }] }, false],
    ['it has a caller in its own trace', { links: [{ trace_id: RECEIVER, id: WORKER }] }, { parent_id: SHOP }, false],
  ])('an edge from the queue with the age of the message: %s', async (_name, call, worker, isKnown) => {
    await using rig = await openAppRig();
    await send(rig, call, worker);
    const ages = await agesOf(rig, operation, [SENDER, RECEIVER]);
    expect(ages).toEqual(isKnown ? [['jobs → worker', 2, 1]] : []);
  });
});

test('of one trace alone nothing is joined', async () => {
  await using rig = await openAppRig();
  await send(rig, {}, { links: [{ trace_id: SENDER, id: CALL }] });
  expect(await agesOf(rig, 'GetTraceGraph', [RECEIVER])).toEqual([]);
});

async function send(rig: AppRig, call: object, worker: object): Promise<void> {
  const times = { start_time: NOW, end_time: NOW + 1 };
  const sqs = { ...times, id: CALL, name: 'SQS', namespace: 'aws', aws: { queue_url: QUEUE }, ...call };
  const documents = [
    { ...times, id: SHOP, trace_id: SENDER, name: 'shop', subsegments: [sqs] },
    {
      id: WORKER,
      trace_id: RECEIVER,
      name: 'worker',
      start_time: NOW + 2,
      end_time: NOW + 3,
      subsegments: [{ id: LOCAL, name: 'read', start_time: NOW + 2, end_time: NOW + 3 }],
      ...worker,
    },
  ];
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  await rig.settle();
}

/** Source and target, age in seconds and number of each message whose age is known. */
async function agesOf(rig: AppRig, operation: string, TraceIds: readonly string[]): Promise<readonly unknown[]> {
  const services = await readServices(rig, operation, TraceIds);
  const nameOf = new Map(services.map(({ ReferenceId, Name }) => [ReferenceId, Name.split('/').at(-1)]));
  return services.flatMap(({ ReferenceId, Edges }) =>
    Edges.filter(({ EdgeType }) => EdgeType === 'link').flatMap((edge) =>
      (edge.ReceivedEventAgeHistogram ?? []).map(({ Value, Count }) => [
        `${nameOf.get(ReferenceId)} → ${nameOf.get(edge.ReferenceId)}`,
        Math.round(Value),
        Count,
      ]),
    ),
  );
}

interface ServiceRead {
  readonly ReferenceId: number;
  readonly Name: string;
  readonly Edges: readonly {
    readonly ReferenceId: number;
    readonly EdgeType?: string;
    readonly ReceivedEventAgeHistogram?: readonly { readonly Value: number; readonly Count: number }[];
  }[];
}

async function readServices(
  rig: AppRig,
  operation: string,
  TraceIds: readonly string[],
): Promise<readonly ServiceRead[]> {
  if (operation === 'GetTraceGraph') {
    const { body } = await rig.post('/TraceGraph', { TraceIds });
    return body['Services'] as ServiceRead[];
  }
  const range = { StartTime: NOW - 60, EndTime: NOW + 60 };
  const { RetrievalToken } = (await rig.post('/StartTraceRetrieval', { TraceIds, ...range })).body;
  const { body } = await rig.post('/GetRetrievedTracesGraph', { RetrievalToken });
  return (body['Services'] as { Service: ServiceRead }[]).map(({ Service }) => Service);
}
