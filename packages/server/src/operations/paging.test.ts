import type { Service } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { createPageTokens } from '../page-token.ts';
import { openAppRig } from '../testing/app-rig.ts';
import { createBatchGetTraces } from './batch-get-traces.ts';
import { pageOfServices } from './services-page.ts';

const tokens = createPageTokens(Buffer.alloc(32, 1));
const NOW = Math.floor(Date.now() / 1000);

test('BatchGetTraces: a page ends after the trace that filled it, and every id is answered once', async () => {
  await using rig = await openAppRig();
  const ids = ['1', '2', '3'].map((digit) => `1-5759e988-${digit.repeat(24)}`);
  await rig.post('/TraceSegments', { TraceSegmentDocuments: ids.map(document) });
  await rig.settle();
  const batchGetTraces = createBatchGetTraces({ store: rig.storage.store, tokens, pageCharsMax: 200 });
  const TraceIds = [ids[0] ?? '', 'unknown', ids[1] ?? '', ids[2] ?? ''];
  const pages: unknown[] = [];
  let NextToken: string | undefined;
  do {
    const page = await batchGetTraces({ TraceIds, NextToken });
    pages.push([page.Traces?.map((trace) => trace.Id), page.UnprocessedTraceIds]);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  expect(pages).toEqual([
    [[ids[0], ids[1]], ['unknown']],
    [[ids[2]], []],
  ]);
});

test('services come in pages, under the numbers of the whole graph', () => {
  const pages: number[][] = [];
  let token: string | undefined;
  do {
    const page = pageOfServices({ services: services(7), tokens, scope: ['x'], token, pageCountMax: 3 });
    pages.push(page.Services.map((service) => service.ReferenceId ?? -1));
    token = page.NextToken;
  } while (token !== undefined);
  expect(pages).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
});

test('a graph that has changed between pages says so', () => {
  const { NextToken: token } = pageOfServices({
    services: services(7),
    tokens,
    scope: ['x'],
    token: '',
    pageCountMax: 3,
  });
  expect(() => pageOfServices({ services: services(8), tokens, scope: ['x'], token, pageCountMax: 3 })).toThrow(
    /has changed/,
  );
});

function services(count: number): readonly Service[] {
  return Array.from({ length: count }, (_, ReferenceId) => ({ ReferenceId, Name: `service-${ReferenceId}` }));
}

function document(traceId: string): string {
  return JSON.stringify({
    id: '1111111111111111',
    trace_id: traceId,
    name: 'shop',
    start_time: NOW,
    end_time: NOW + 1,
  });
}
