import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openAppRig } from '../testing/app-rig.ts';
import { createLiveHub } from './live.ts';

test('a console is told at once where it stands, then of each change', async () => {
  await using rig = await openAppRig();
  await using stream = await listen(await rig.app.http.listen({ host: '127.0.0.1', port: 0 }));
  expect(stream.head).toMatchObject({ 'content-type': 'text/event-stream', 'x-content-type-options': 'nosniff' });
  expect(await stream.next()).toBe('event: change\ndata: {"revision":0}\n\n');
  await rig.post('/TraceSegments', {
    TraceSegmentDocuments: [document('1111111111111111'), document('2222222222222222')],
  });
  expect(await stream.next()).toBe('event: change\ndata: {"revision":2}\n\n');
});

test('many changes are told in few events, the last one always', async () => {
  const { hub, texts, add } = openHub({ intervalMs: 20 });
  add();
  for (let revision = 1; revision <= 100; revision += 1) hub.changed(revision);
  while (texts.length < 3) await sleep(1);
  expect(texts.map((text) => /\d+/.exec(text)?.[0])).toEqual(['0', '1', '100']);
  hub[Symbol.dispose]();
});

test('a listener who may listen no more is told nothing more', () => {
  const { hub, texts, add } = openHub({});
  let mayListen = true;
  const listener = add(() => mayListen);
  mayListen = false;
  hub.changed(1);
  expect([texts.length, listener.ended]).toEqual([1, true]);
  hub[Symbol.dispose]();
});

test('listeners are bounded, forgotten when they go, and dropped when they do not read', () => {
  const { hub, add } = openHub({ listenersMax: 2 });
  const one = add();
  add();
  expect(hub.isFull()).toBe(true);
  one.emit('close');
  expect([hub.isFull(), hub.listenerCount()]).toEqual([false, 1]);
  const slow = add();
  slow.writableLength = 1e6;
  hub.changed(1);
  expect(slow.destroyed).toBe(true);
  hub[Symbol.dispose]();
  expect(hub.listenerCount()).toBe(0);
});

test('a quiet stream has heartbeats', async () => {
  const { hub, texts, add } = openHub({ heartbeatMs: 5 });
  add();
  while (texts.length < 3) await sleep(1);
  expect(texts.slice(1, 3)).toEqual([': still here\n\n', ': still here\n\n']);
  hub[Symbol.dispose]();
});

test('closing the server ends the streams', async () => {
  const rig = await openAppRig();
  const stream = await listen(await rig.app.http.listen({ host: '127.0.0.1', port: 0 }));
  await stream.next();
  await rig[Symbol.asyncDispose]();
  expect(await stream.next()).toBe('');
});

function openHub(options: { intervalMs?: number; listenersMax?: number; heartbeatMs?: number }) {
  const texts: string[] = [];
  const hub = createLiveHub({ revision: 0, ...options });
  class FakeResponse extends EventTarget {
    writableLength = 0;
    destroyed = false;
    #onClose: (() => void) | undefined;
    once = (_name: string, listener: () => void): void => void (this.#onClose = listener);
    emit = (_name: string): void => this.#onClose?.();
    write = (text: string): void => void texts.push(text);
    ended = false;
    end = (): void => void (this.ended = true);
    destroy(): void {
      this.destroyed = true;
      this.emit('close');
    }
  }
  function add(mayListen?: () => boolean): FakeResponse {
    const response = new FakeResponse();
    hub.add(response as unknown as Parameters<typeof hub.add>[0], mayListen);
    return response;
  }
  return { hub, texts, add };
}

async function listen(origin: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${origin}/api/live`, resolve).on('error', reject).end();
  });
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]();
  return {
    head: response.headers,
    async next(): Promise<string> {
      const chunk = await chunks.next();
      return chunk.done === true ? '' : String(chunk.value);
    },
    async [Symbol.asyncDispose]() {
      response.destroy();
    },
  };
}

function document(id: string): string {
  const now = Date.now() / 1000;
  return JSON.stringify({ id, trace_id: `1-5759e988-${id}00000000`, name: 'shop', start_time: now, end_time: now });
}
