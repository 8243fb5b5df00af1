import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePutTraceSegments, encodePutTraceSegments } from '@fluoroscope/pipeline/xray';
import { expect, onTestFinished, test } from 'vitest';
import type { UpstreamEvents } from './events.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import { createUpstream, type Upstream } from './upstream.ts';

test('a batch is sent as it is, and its memory given back', async () => {
  const { offer, upstream, taken, held } = start({});
  offer('a', 'b');
  await until(() => upstream.isIdle);
  expect([taken, held()]).toEqual([[['a', 'b']], 0]);
});

test('one failure is tried again at once', async () => {
  const { offer, upstream, taken, log } = start({ answers: ['lost'] });
  offer('a');
  await until(() => upstream.isIdle);
  expect(taken).toEqual([['a']]);
  expect(log).toEqual(['failed', 'sent 1']);
});

test.each(['lost', '500', '429', '403'])(
  'away (%s), then back: without a spool memory keeps them, in order',
  async (answer) => {
    const { offer, upstream, taken, log, held } = start({ answers: [answer, answer, answer] });
    offer('a');
    await until(() => log.includes('away'));
    offer('b');
    await until(() => upstream.isIdle && taken.length === 2);
    expect(taken).toEqual([['a'], ['b']]);
    expect(log).toContain('back');
    expect(held()).toBe(0);
  },
);

test('without a spool, what memory cannot keep is lost, the oldest first, and counted', async () => {
  const { offer, log, held } = start({ answers: 'lost', waitingBytesMax: 100 });
  offer('a'.repeat(60));
  await until(() => log.includes('away'));
  offer('b'.repeat(60));
  await until(() => log.includes('spilled 1'));
  expect(held()).toBe(1);
});

test('with a spool, memory is given back while the endpoint is away, and all comes later, once', async () => {
  const spool = await makeSpool();
  const answers = ['lost', 'lost'];
  const { offer, taken, log, held } = start({ answers, spool });
  offer('a');
  await until(() => log.includes('away'));
  for (const name of ['b', 'c', 'd']) offer(name);
  await until(() => held() === 0);
  await until(() => taken.length === 4 && spool.isEmpty);
  expect(taken).toEqual([['a'], ['b'], ['c'], ['d']]);
  expect(log).toContain('back');
});

test('stopped, what is waiting goes to the spool, and the next one sends it', async () => {
  const spool = await makeSpool();
  const first = start({ answers: 'silence', spool, concurrency: 1 });
  for (const name of ['a', 'b', 'c']) first.offer(name);
  await first.upstream.stop();
  expect([first.held(), spool.isEmpty]).toEqual([0, false]);
  const second = start({ spool });
  await until(() => spool.isEmpty);
  expect(second.taken.flat().toSorted()).toEqual(['a', 'b', 'c']);
});

test.each(['ThrottlingException', 'ExpiredTokenException', 'RequestExpired', 'UnrecognizedClientException'])(
  '400 %s is mended by waiting',
  async (code) => {
    const { offer, upstream, taken, log } = start({ answers: [`400 ${code}`] });
    offer('a');
    await until(() => upstream.isIdle);
    expect([taken, log]).toEqual([[['a']], [`refused 400 ${code}`, 'sent 1']]);
  },
);

test('a request that is refused for good is dropped and counted', async () => {
  const { offer, upstream, log, held } = start({ answers: ['400'] });
  offer('a', 'b');
  await until(() => upstream.isIdle);
  expect([log, held()]).toEqual([['refused 400 Bad', 'dropped 2'], 0]);
});

test('segments that may be taken later are sent again, others are told', async () => {
  const segment = (id: string): string => JSON.stringify({ name: 'shop', subsegments: [{ id: 'x' }], id });
  const unprocessed = [
    { Id: 'a', ErrorCode: 'ThrottledException' },
    { Id: 'b', ErrorCode: 'InvalidDocument', Message: 'no name' },
  ];
  const { offer, upstream, taken, log } = start({
    answers: [JSON.stringify({ UnprocessedTraceSegments: unprocessed })],
  });
  offer(segment('a'), segment('b'), segment('c'));
  await until(() => upstream.isIdle);
  expect(taken).toEqual([[segment('a'), segment('b'), segment('c')], [segment('a')]]);
  expect(log).toEqual(['sent 3', 'unprocessed ThrottledException InvalidDocument', 'sent 1']);
});

test('not more calls at a time than asked for', async () => {
  let atOnce = 0;
  let most = 0;
  const upstream = createUpstream({
    put: async () => {
      most = Math.max(most, (atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      atOnce -= 1;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    },
    concurrency: 3,
    waitingBytesMax: 1_000,
    spool: null,
    events: events([]),
  });
  for (let count = 0; count < 10; count += 1) upstream.offer({ segments: 1, body: Buffer.from('x') }, () => {});
  await until(() => upstream.isIdle);
  expect(most).toBe(3);
});

interface Started {
  readonly upstream: Upstream;
  readonly offer: (...documents: readonly string[]) => void;
  readonly taken: string[][];
  readonly log: string[];
  readonly held: () => number;
}

/** `answers`: one a call, in order (a status, a body, or none), then all is well; a word: always that. */
function start(options: {
  readonly answers?: string[] | 'lost' | 'silence';
  readonly spool?: Spool;
  readonly concurrency?: number;
  readonly waitingBytesMax?: number;
}): Started {
  const { answers = [], spool = null, concurrency = 2, waitingBytesMax = 10_000 } = options;
  const taken: string[][] = [];
  const log: string[] = [];
  let held = 0;
  const upstream = createUpstream({
    put: async (bytes, signal) => {
      const answer = typeof answers === 'string' ? answers : (answers.shift() ?? '');
      if (answer === 'lost') throw new Error('lost');
      if (answer === 'silence') {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      }
      const [, status, code = 'Bad'] = /^(\d+)(?: (.*))?$/.exec(answer) ?? [];
      if (status !== undefined)
        return { status: Number(status), headers: { 'x-amzn-errortype': code }, body: Buffer.alloc(0) };
      const documents = decodePutTraceSegments(Buffer.from(bytes).toString());
      taken.push(documents.ok ? [...documents.value] : []);
      return { status: 200, headers: {}, body: Buffer.from(answer) };
    },
    concurrency,
    waitingBytesMax,
    spool,
    events: events(log),
    random: () => 0,
  });
  onTestFinished(() => upstream.stop());
  return {
    upstream,
    taken,
    log,
    held: () => held,
    offer(...documents) {
      held += 1;
      upstream.offer({ segments: documents.length, body: Buffer.from(encodePutTraceSegments(documents)) }, () => {
        held -= 1;
      });
    },
  };
}

function events(log: string[]): UpstreamEvents {
  return {
    batchSent: (segments) => log.push(`sent ${segments}`),
    segmentsUnprocessed: (unprocessed) => log.push(`unprocessed ${unprocessed.map(({ code }) => code).join(' ')}`),
    callFailed: () => log.push('failed'),
    callRefused: (status, code) => log.push(`refused ${status} ${code}`),
    segmentsRefused: (segments) => log.push(`dropped ${segments}`),
    segmentsSpilled: (segments) => log.push(`spilled ${segments}`),
    spoolFailed: (segments) => log.push(`spool failed ${segments}`),
    spoolDamaged: () => log.push('damaged'),
    endpointAway: () => log.push('away'),
    endpointBack: () => log.push('back'),
  };
}

async function makeSpool(): Promise<Spool> {
  const dir = mkdtempSync(join(tmpdir(), 'fluoroscope-upstream-'));
  const spool = await openSpool({ dir, bytesMax: 16 * 1_048_576, dropped: () => {}, damaged: () => {} });
  onTestFinished(async () => {
    await spool[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  return spool;
}

async function until(wanted: () => boolean): Promise<void> {
  await expect.poll(wanted, { timeout: 20_000, interval: 5 }).toBe(true);
}
