import http from 'node:http';
import { setImmediate as untilIdle } from 'node:timers/promises';

/**
 * Takes this process's Date, timers and count of requests over, and the server's clock with them. What clients have
 * scheduled runs when `advanceTo` reaches it, and its requests are answered before time goes on.
 * @param {string} clockUrl where the server takes its time from
 */
export function simulateTime(clockUrl) {
  const RealDate = Date;
  const realRequest = http.request;
  const timers = new Map();
  let nowMs = RealDate.now();
  let lastTimer = 0;
  const inFlight = new Set();

  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(nowMs);
      else super(...given);
    }
    static now() {
      return nowMs;
    }
  };
  http.request = (...given) => {
    const request = realRequest(...given);
    inFlight.add(request);
    return request.once('close', () => inFlight.delete(request));
  };
  const schedule = (repeats) => (what, delayMs) => {
    lastTimer += 1;
    const id = lastTimer;
    timers.set(id, { what, dueMs: nowMs + delayMs, everyMs: repeats ? delayMs : undefined });
    return { id, unref: () => undefined };
  };
  const cancel = (timer) => timers.delete(timer?.id);
  globalThis.setInterval = schedule(true);
  globalThis.setTimeout = schedule(false);
  globalThis.clearInterval = cancel;
  globalThis.clearTimeout = cancel;

  async function answered() {
    do await untilIdle();
    while (inFlight.size > 0);
  }

  /** Tells the server the time, then does `work` and waits for what it asks. */
  async function work(what) {
    await new Promise((resolve, reject) => {
      realRequest(clockUrl, { method: 'POST' }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end(String(nowMs));
    });
    what();
    await answered();
  }

  return {
    nowMs: () => nowMs,
    setNow: (ms) => (nowMs = ms),
    work,
    cancelAll: () => timers.clear(),
    async advanceTo(ms) {
      for (;;) {
        const due = [...timers].filter(([, { dueMs }]) => dueMs <= ms).toSorted(([, a], [, b]) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        const [id, timer] = due;
        nowMs = timer.dueMs;
        if (timer.everyMs === undefined) timers.delete(id);
        else timer.dueMs += timer.everyMs;
        await work(timer.what);
      }
      nowMs = ms;
    },
  };
}
