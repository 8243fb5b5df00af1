import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PipelineError } from '../../pipeline-error.ts';
import { handleXrayHttp } from '../xray-http/handle-http.ts';
import { listenHttp, type HttpListenOptions } from './listen-http.ts';

const ECHO: HttpListenOptions['handle'] = async ({ method, path, body }) => ({
  status: 200,
  body: `${method} ${path} ${body.byteLength}`,
});

async function serve(handle = ECHO): Promise<string> {
  const listener = await listenHttp({ label: 'test', host: '127.0.0.1', port: 0, bodyBytesMax: 1_000, handle });
  onTestFinished(() => listener[Symbol.asyncDispose]());
  return `http://127.0.0.1:${listener.port}`;
}

test('a request is handed on with its body and without its query', async () => {
  const answer = await fetch(`${await serve()}/a/b?c=d`, { method: 'POST', body: 'x'.repeat(1_000) });
  expect(await answer.text()).toBe('POST /a/b 1000');
});

test.each<[string, RequestInit, number]>([
  ['a body that is too large', { method: 'POST', body: 'x'.repeat(1_001) }, 413],
  ['a page in a browser', { method: 'POST', body: 'x', headers: { origin: 'http://evil.example' } }, 403],
])('%s is refused', async (_name, init, status) => {
  const url = await serve();
  expect((await fetch(url, init)).status).toBe(status);
  expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(200);
});

test.each([
  ['full', new PipelineError('full', 'x'), 429],
  ['closed', new PipelineError('closed', 'x'), 503],
  ['broken', new Error('x'), 500],
])('a pipeline that is %s', async (_name, error, status) => {
  expect((await fetch(await serve(() => Promise.reject(error)))).status).toBe(status);
});

test('a body that is cut costs nobody else', async () => {
  const url = await serve();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nabc', () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
  expect(await (await fetch(url, { method: 'POST', body: 'x' })).text()).toBe('POST / 1');
});

test('an address in use is named', async () => {
  const { port } = new URL(await serve());
  const second = listenHttp({ label: 'Zipkin', host: '127.0.0.1', port: Number(port), bodyBytesMax: 1, handle: ECHO });
  await expect(second).rejects.toMatchObject({
    code: 'address-in-use',
    message: expect.stringContaining(`Zipkin 127.0.0.1 port ${port}`),
  });
});

test.each([
  [
    '/TraceSegments',
    'POST',
    '{"TraceSegmentDocuments":["a","b"]}',
    200,
    '{"UnprocessedTraceSegments":[{"Id":"7","ErrorCode":"InvalidId","Message":"b"}]}',
  ],
  [
    '/TraceSegments',
    'POST',
    '{"TraceSegmentDocuments":"a"}',
    400,
    'body: expected {"TraceSegmentDocuments": ["…", …]}',
  ],
  ['/TraceSegments', 'GET', '', 405, 'method: expected POST'],
  ['/GetSamplingRules', 'POST', '{}', 404, 'path: expected /TraceSegments'],
])('X-Ray: %s %s %s: %d', async (path, method, body, status, text) => {
  const request = { path, method, body: Buffer.from(body), contentType: undefined, contentEncoding: undefined };
  const answer = await handleXrayHttp(request, async () => [{ code: 'InvalidId', field: 'id', message: 'b', id: '7' }]);
  expect(answer).toMatchObject({ status, body: text });
});
