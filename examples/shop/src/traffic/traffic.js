import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { JOURNEYS } from './journeys.js';

const VISITORS_MAX = 16;
const REPORT_MS = 30_000;
const ANSWER_MS_MAX = 15_000;
const USERS = ['ann', 'bo', 'chi', 'dee', 'eli', 'fay', 'gus', 'hal', undefined];

/**
 * Visits the shop until `signal`: at most `rate` requests a second (bursts come on top), from at most VISITORS_MAX
 * visitors at a time, who wait for their answers. A slow shop is therefore asked less, never flooded.
 * @param {{ url: string, rate: number, seed: number, signal: AbortSignal, print: (line: string) => void }} options
 */
export async function sendTraffic({ url, rate, seed, signal, print }) {
  setMaxListeners(2 * VISITORS_MAX, signal);
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const awaitTurn = createPace(rate, signal);
  const counts = createCounts();

  const sendAtOnce = (method, path, visit) => request({ url, method, path, visit, counts, signal });
  async function send(method, path, visit) {
    await awaitTurn();
    return sendAtOnce(method, path, visit);
  }

  async function visitor() {
    while (!signal.aborted) await pickJourney(random())({ send, sendAtOnce, pick, user: pick(USERS) });
  }

  const reports = setInterval(() => print(counts.report()), REPORT_MS);
  try {
    const visitors = Math.min(VISITORS_MAX, Math.max(2, Math.ceil(rate)));
    await Promise.all(Array.from({ length: visitors }, visitor));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(reports);
    print(counts.report());
  }
}

function pickJourney(luck) {
  const all = JOURNEYS.reduce((sum, { share }) => sum + share, 0);
  let left = luck * all;
  return JOURNEYS.find(({ share }) => (left -= share) < 0).visit;
}

/** Gives out turns that are 1/rate seconds apart; turns nobody took are not saved up. */
function createPace(rate, signal) {
  const gapMs = 1000 / rate;
  let nextMs = 0;
  return async function awaitTurn() {
    const nowMs = performance.now();
    const turnMs = Math.max(nowMs, nextMs);
    nextMs = turnMs + gapMs;
    await sleep(turnMs - nowMs, undefined, { signal });
  };
}

async function request({ url, method, path, visit: { user, content }, counts, signal }) {
  const startMs = performance.now();
  const headers = { 'content-type': 'application/json', ...(user && { 'x-shop-user': user }) };
  const body = content && JSON.stringify(content);
  try {
    const response = await fetch(url + path, { method, headers, body, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const answer = { status: response.status, body: await response.json() };
    counts.add(answer.status, performance.now() - startMs);
    return answer;
  } catch {
    // What the end cut off was not left unanswered.
    if (!signal.aborted) counts.add(0, performance.now() - startMs);
    return { status: 0, body: {} };
  }
}

function createCounts() {
  let slowestMs = 0;
  let sinceMs = performance.now();
  let byKind = {};
  return {
    add(status, ms) {
      const kind = kindOf(status);
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, ms);
    },
    /** One line about the time since the last one. */
    report() {
      const total = Object.values(byKind).reduce((sum, count) => sum + count, 0);
      const seconds = Math.round((performance.now() - sinceMs) / 1000);
      const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
      const line = `traffic: ${total} requests in ${seconds} s: ${kinds.join(', ')}; slowest ${Math.round(slowestMs)} ms`;
      [slowestMs, sinceMs, byKind] = [0, performance.now(), {}];
      return line;
    },
  };
}

function kindOf(status) {
  if (status === 0) return 'unanswered';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'faults';
  return status >= 400 ? 'errors' : 'ok';
}

/** mulberry32: small, and the same numbers for the same seed everywhere. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
