import { status } from '@grpc/grpc-js';
import { expect, test, vi } from 'vitest';
import { callGrpc } from '../span-grpc/testing/call-grpc.ts';
import { listenOtlpGrpc } from './listen-grpc.ts';
import type { OtlpReceiverOptions, PutOutcome } from './receive.ts';
import type { Admission, SpanListener } from './sender.ts';
import { encodeRequest } from './testing/encode.ts';
import { groupOf, spanAt } from './testing/spans.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const request = encodeRequest([groupOf([spanAt(0), spanAt(1)])]);

const KEPT: PutOutcome = { state: 'kept', refused: [] };

function options(outcome: PutOutcome | Error = KEPT, admission: Admission = 'admitted') {
  const documents: string[] = [];
  const put: OtlpReceiverOptions['put'] = async (printed) => {
    if (outcome instanceof Error) throw outcome;
    if (outcome.state === 'kept') documents.push(...printed.map(({ text }) => text));
    return outcome;
  };
  const events = {
    requestReceived: vi.fn(),
    requestRefused: vi.fn(),
    spansAccepted: vi.fn(),
    spansRefused: vi.fn(),
    spansTurnedAway: vi.fn(),
    deliveryFailed: vi.fn(),
  };
  return { host: '127.0.0.1', port: 0, admit: () => admission, indexed: 'all' as const, put, events, documents };
}

test.each([false, true])('spans come in over gRPC, gzip: %s', async (gzip) => {
  const given = options();
  await using listener = await listenOtlpGrpc(given);
  expect(await callGrpc(at(listener), EXPORT, request, { gzip })).toEqual(Buffer.alloc(0));
  expect(given.documents.map((text) => JSON.parse(text).id)).toEqual([spanAt(0).spanId, spanAt(1).spanId]);
  expect(given.events.spansAccepted).toHaveBeenCalledWith('otlp-grpc', 2);
});

test.each<[string, PutOutcome | Error, Admission, Buffer, status]>([
  ['bytes that are no request', KEPT, 'admitted', request.subarray(0, 100), status.INVALID_ARGUMENT],
  ['a full journal', { state: 'busy' }, 'admitted', request, status.RESOURCE_EXHAUSTED],
  ['a fault of ours', new Error('secret'), 'admitted', request, status.UNAVAILABLE],
  ['a sender without key', KEPT, 'unauthenticated', request, status.UNAUTHENTICATED],
  ['a sender that may not', KEPT, 'forbidden', request, status.PERMISSION_DENIED],
  ['a sender of too many requests', KEPT, 'throttled', request, status.RESOURCE_EXHAUSTED],
])('gRPC answers %s with a status', async (_what, outcome, admission, bytes, code) => {
  const given = options(outcome, admission);
  await using listener = await listenOtlpGrpc(given);
  const answer = await callGrpc(at(listener), EXPORT, bytes);
  expect(answer).toMatchObject({ code });
  expect(String(answer)).not.toContain('secret');
  expect(given.documents).toEqual([]);
});

test('a full server tells when to come again', async () => {
  await using listener = await listenOtlpGrpc(options({ state: 'busy', retryAfterSeconds: 7 }));
  const answer = await callGrpc(at(listener), EXPORT, request);
  const [details] = !('metadata' in answer) ? [] : answer.metadata.get('grpc-status-details-bin');
  // Any of RetryInfo { retry_delay { seconds: 7 } }
  expect(Buffer.from(details ?? '').toString('latin1')).toContain('google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x07');
});

test('a call is turned away before its message is read, however large, and the next one answered', async () => {
  const given = options();
  const hints = [7, 8];
  await using listener = await listenOtlpGrpc({ ...given, turnAway: () => hints.shift() ?? null });
  for (const [bytes, hint] of [[request, 7] as const, [Buffer.alloc(8 * 1024 * 1024), 8] as const]) {
    const answer = await callGrpc(at(listener), EXPORT, bytes);
    expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    const [details] = !('metadata' in answer) ? [] : answer.metadata.get('grpc-status-details-bin');
    expect(Buffer.from(details ?? '').toString('latin1')).toContain(
      `RetryInfo\x12\x04\x0a\x02\x08${String.fromCodePoint(hint)}`,
    );
  }
  expect(given.events.requestReceived).not.toHaveBeenCalled();
  expect(await callGrpc(at(listener), EXPORT, request)).toEqual(Buffer.alloc(0));
});

test('health is never turned away', async () => {
  await using listener = await listenOtlpGrpc({ ...options(), turnAway: () => 1 });
  expect(await callGrpc(at(listener), '/grpc.health.v1.Health/Check', Buffer.alloc(0))).toEqual(Buffer.from([8, 1]));
});

test('a message beyond the limit is refused', async () => {
  await using listener = await listenOtlpGrpc(options());
  const answer = await callGrpc(at(listener), EXPORT, Buffer.alloc(17 * 1024 * 1024), { gzip: true });
  expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
});

test('health answers SERVING', async () => {
  await using listener = await listenOtlpGrpc(options());
  expect(await callGrpc(at(listener), '/grpc.health.v1.Health/Check', Buffer.alloc(0))).toEqual(Buffer.from([8, 1]));
});

test('a port that is taken is named', async () => {
  await using listener = await listenOtlpGrpc(options());
  const again = listenOtlpGrpc({ ...options(), port: listener.port });
  await expect(again).rejects.toThrow(`[address-in-use]`);
  await expect(again).rejects.toThrow(`port ${listener.port}`);
});

function at({ host, port }: SpanListener): string {
  return `${host}:${port}`;
}
