import { status } from '@grpc/grpc-js';
import { expect, test, vi } from 'vitest';
import type { Admission } from '../otlp/sender.ts';
import type { SpanAnswer } from '../span-http/read-body.ts';
import { callGrpc } from '../span-grpc/testing/call-grpc.ts';
import { listenJaegerGrpc } from './listen-grpc.ts';

const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';
const TAKEN: SpanAnswer = { status: 202, text: '' };

test('PostSpans is handed on as it came, and answered with an empty message', async () => {
  const { answer, postSpans } = await call(TAKEN);
  expect(answer).toEqual(Buffer.alloc(0));
  expect(postSpans).toHaveBeenCalledWith(Buffer.from('spans'));
});

test.each<[string, SpanAnswer | null | Error, Admission, status]>([
  ['what cannot be read', { status: 400, text: 'body' }, 'admitted', status.INVALID_ARGUMENT],
  ['a full journal', null, 'admitted', status.RESOURCE_EXHAUSTED],
  ['a fault of ours', new Error('secret'), 'admitted', status.UNAVAILABLE],
  ['a sender without key', TAKEN, 'unauthenticated', status.UNAUTHENTICATED],
])('%s has a status', async (_what, outcome, admission, code) => {
  const { answer, failed } = await call(outcome, admission);
  expect(answer).toMatchObject({ code });
  expect(failed).toHaveBeenCalledTimes(outcome instanceof Error ? 1 : 0);
});

async function call(outcome: SpanAnswer | null | Error, admission: Admission = 'admitted') {
  const failed = vi.fn();
  const postSpans = vi.fn(async () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const at = { host: '127.0.0.1', port: 0 };
  await using listener = await listenJaegerGrpc({ ...at, admit: () => admission, postSpans, failed });
  const answer = await callGrpc(`127.0.0.1:${listener.port}`, POST_SPANS, Buffer.from('spans'));
  return { answer, postSpans, failed };
}
