import { describe, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const [SENDER, OTHER, RECEIVER] = ['1', '2', '3'].map((digit) => `1-5759e988-${digit.repeat(24)}`);

describe('GetRetrievedTracesGraph', () => {
  test('a service has the links of its segments and subsegments, by trace and kind', async () => {
    await using rig = await openAppRig();
    const parent = { 'aws.xray.reference_type': 'parent' };
    await send(rig, [
      { trace_id: SENDER, name: 'shop' },
      {
        trace_id: RECEIVER,
        name: 'worker',
        origin: 'AWS::EC2::Instance',
        aws: { account_id: 42 },
        links: [
          { trace_id: SENDER, attributes: parent },
          { trace_id: SENDER, attributes: parent },
          { trace_id: OTHER },
        ],
        subsegments: [{ ...TIMES, id: 'b'.repeat(16), name: 'read', links: [{ trace_id: OTHER, attributes: parent }] }],
      },
    ]);
    const services = await readGraph(rig, [SENDER, RECEIVER]);
    expect(services).toEqual([
      ['shop', undefined, []],
      [
        'worker',
        'AWS::EC2::Instance',
        [
          { ReferenceType: 'parent', SourceTraceId: RECEIVER, DestinationTraceIds: [SENDER, OTHER] },
          { SourceTraceId: RECEIVER, DestinationTraceIds: [OTHER] },
        ],
      ],
    ]);
  });

  test('no more links, and no more traces in one, than X-Ray has', async () => {
    await using rig = await openAppRig();
    const trace = (at: number): string => `1-5759e988-${String(at).padStart(24, '0')}`;
    const links = (from: number): object[] => Array.from({ length: 20 }, (_, at) => ({ trace_id: trace(from + at) }));
    const subsegments = Array.from({ length: 6 }, (_, at) => ({
      ...TIMES,
      id: `c${String(at).padStart(15, '0')}`,
      name: 'batch',
      links: links(at * 20),
    }));
    await send(rig, [{ trace_id: RECEIVER, name: 'worker', subsegments }]);
    const [[, , many] = []] = await readGraph(rig, [RECEIVER]);
    expect(many).toMatchObject([{ SourceTraceId: RECEIVER, DestinationTraceIds: { length: 100 } }]);

    const kinds = Array.from({ length: 20 }, (_, at) => at);
    const labelled = subsegments.map((subsegment, part) => ({
      ...subsegment,
      links: kinds.map((kind) => ({ trace_id: SENDER, attributes: { 'aws.xray.reference_type': `${part} ${kind}` } })),
    }));
    await send(rig, [{ trace_id: OTHER, name: 'other', subsegments: labelled }]);
    const [[, , kept] = []] = await readGraph(rig, [OTHER]);
    expect(kept).toHaveLength(100);
  });
});

const TIMES = { start_time: NOW, end_time: NOW + 1 };

async function send(rig: AppRig, documents: readonly object[]): Promise<void> {
  const texts = documents.map((document) => JSON.stringify({ id: 'a'.repeat(16), ...TIMES, ...document }));
  const sent = await rig.post('/TraceSegments', { TraceSegmentDocuments: texts });
  expect(sent.body).toEqual({ UnprocessedTraceSegments: [] });
  await rig.settle();
}

async function readGraph(rig: AppRig, TraceIds: readonly (string | undefined)[]) {
  const started = await rig.post('/StartTraceRetrieval', { TraceIds, StartTime: NOW - 60, EndTime: NOW + 60 });
  const { body } = await rig.post('/GetRetrievedTracesGraph', { RetrievalToken: started.body['RetrievalToken'] });
  const services = body['Services'] as { Service: { Name: string; Type?: string }; Links: object[] }[];
  const clients = services.filter(({ Service }) => Service.Type === 'client');
  expect(clients.flatMap(({ Links }) => Links)).toEqual([]);
  const others = services.filter((one) => !clients.includes(one));
  return others.map(({ Service: { Name, Type }, Links }) => [Name, Type, Links] as const);
}
