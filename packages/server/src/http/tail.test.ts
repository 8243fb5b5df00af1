import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveTraces } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { TAIL_FILTERS_MAX } from '../limits.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { readFilterPlan } from '../operations/filter-plan.ts';
import { createTailHub } from './tail.ts';

const NO_GROUPS = { find: () => ({ name: '', arn: '', expression: null }) as never };
const ALL = readFilterPlan('', NO_GROUPS);
const SHOP = readFilterPlan('service("shop")', NO_GROUPS);

test('who follows is told of new traces that match, once, and of none that were there', async () => {
  await using rig = await openAppRig();
  await send(rig, 'shop', 1);
  using hub = openHub(rig);
  const all = hub.follow('', ALL);
  const shop = hub.follow('service("shop")', SHOP);
  await hub.until(() => all.events.length === 1 && shop.events.length === 1);
  expect([...all.events, ...shop.events].flatMap(({ traces }) => traces)).toEqual([]);
  await send(rig, 'cart', 2);
  await send(rig, 'shop', 3);
  hub.tails.changed();
  await hub.until(() => idsIn(shop).length === 1 && idsIn(all).length === 2);
  hub.tails.changed();
  await sleep(30);
  expect([new Set(idsIn(shop)), new Set(idsIn(all))]).toEqual([new Set([idOf(3)]), new Set([idOf(2), idOf(3)])]);
  expect(idsIn(all)).toHaveLength(2);
});

test('of more than one event holds the newest are told, and the others counted', async () => {
  await using rig = await openAppRig();
  using hub = openHub(rig, { sentMax: 2 });
  const all = hub.follow('', ALL);
  await hub.until(() => all.events.length === 1);
  for (let at = 1; at <= 5; at += 1) await send(rig, 'shop', at);
  hub.tails.changed();
  await hub.until(() => all.events.length === 2);
  expect(all.events[1]).toMatchObject({ traces: [{ Id: idOf(5) }, { Id: idOf(4) }], passedCount: 3 });
});

test('a trace that changes is told again; who does not keep up is told how many were passed over', async () => {
  await using rig = await openAppRig();
  using hub = openHub(rig);
  const all = hub.follow('', ALL);
  await hub.until(() => all.events.length === 1);
  all.unsentBytes = 1;
  await send(rig, 'shop', 1);
  hub.tails.changed();
  await hub.until(() => all.passedOverCount === 1);
  all.unsentBytes = 0;
  await send(rig, 'cart', 1);
  hub.tails.changed();
  await hub.until(() => all.events.length === 2);
  expect(all.events[1]).toMatchObject({ traces: [{ Id: idOf(1), Revision: 2 }], passedCount: 1 });
});

test('one search for each filter, however many follow it; none when all have gone', async () => {
  let searchCount = 0;
  await using rig = await openAppRig({
    store: (store) => watched(store, (method) => (searchCount += Number(method === 'findTraces'))),
  });
  using hub = openHub(rig);
  const followers = [hub.follow('', ALL), hub.follow('', ALL), hub.follow('', ALL)];
  await hub.until(() => followers.every(({ events }) => events.length === 1));
  expect([hub.tails.filterCount(), searchCount]).toEqual([1, 1]);
  for (const { response } of followers) response.close();
  expect(hub.tails.filterCount()).toBe(0);
  hub.tails.changed();
  await sleep(20);
  expect(searchCount).toBe(1);
});

test('filters are bounded', async () => {
  await using rig = await openAppRig();
  using hub = openHub(rig);
  for (let at = 0; at < TAIL_FILTERS_MAX; at += 1) hub.follow(`f${at}`, ALL);
  expect([hub.tails.isFull('f0'), hub.tails.isFull('one more')]).toEqual([false, true]);
});

test('the stream of a console: a bad filter is refused before it begins', async () => {
  await using rig = await openAppRig();
  const { statusCode, body } = await rig.app.http.inject({
    url: '/api/live?tail=bogus',
    headers: { host: 'localhost' },
  });
  expect([statusCode, body]).toEqual([400, expect.stringContaining('bogus')]);
});

interface Follower {
  readonly events: readonly LiveTraces[];
  /** What its response still holds. */
  unsentBytes: number;
  /** Times that it was found to hold something. */
  passedOverCount: number;
  readonly response: { readonly close: () => void };
}

function openHub(rig: AppRig, options: { sentMax?: number } = {}) {
  const told = new Map<unknown, LiveTraces[]>();
  const failures: unknown[] = [];
  const tails = createTailHub({
    store: rig.storage.store,
    live: { tell: (response, event) => void told.get(response)?.push(JSON.parse(event.slice(event.indexOf('{')))) },
    nowUs: () => (Date.now() * 1000) as never,
    failed: (error) => failures.push(error),
    intervalMs: 5,
    ...options,
  });
  return {
    tails,
    follow(filter: string, plan: typeof ALL): Follower {
      const listeners: (() => void)[] = [];
      const response = {
        get writableLength() {
          if (follower.unsentBytes > 0) follower.passedOverCount += 1;
          return follower.unsentBytes;
        },
        once: (_name: string, listener: () => void) => listeners.push(listener),
        close: () => {
          for (const listener of listeners) listener();
        },
      };
      const events: LiveTraces[] = [];
      const follower: Follower = { events, response, unsentBytes: 0, passedOverCount: 0 };
      told.set(response, events);
      tails.follow(response as unknown as ServerResponse, filter, plan);
      return follower;
    },
    async until(wanted: () => boolean): Promise<void> {
      await expect.poll(() => failures.length > 0 || wanted(), { interval: 5 }).toBe(true);
      expect(failures).toEqual([]);
    },
    [Symbol.dispose]: () => tails[Symbol.dispose](),
  };
}

function idsIn({ events }: Follower): readonly (string | undefined)[] {
  return events.flatMap(({ traces }) => traces.map(({ Id }) => Id));
}

function idOf(at: number): string {
  return `1-5759e988-${String(at).repeat(24)}`;
}

async function send(rig: AppRig, name: string, at: number): Promise<void> {
  const end = Date.now() / 1000;
  const id = Buffer.from(`${name}${at}`.padEnd(8, '0')).toString('hex');
  const document = { trace_id: idOf(at), id, name, start_time: end - 1 + at / 100, end_time: end };
  await rig.post('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(document)] });
  await rig.settle();
}

/** Tells of each call. */
function watched<T extends object>(of: T, onCall: (method: string | symbol) => void): T {
  return new Proxy(of, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        onCall(key);
        return value.apply(target, args);
      };
    },
  });
}
