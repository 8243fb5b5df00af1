// Made-up answers of /api/filter/… and /api/traces/groups: every trace of the time, told apart by outcome. Not shipped.
import { summaryOf } from './graph.mjs';

const STEPS = 24;

function lookedAt(count, { startTime }) {
  return { count, countMax: 10_000, complete: true, reachedTime: startTime, matchingCount: count, unjudgedCount: 0 };
}

export function checkOf({ filter }) {
  const unknown = /\bbogus\b/.exec(filter);
  if (unknown === null) return { problem: null };
  const message = `column ${unknown.index + 1}: unknown keyword "bogus"`;
  return { problem: { message, start: unknown.index, end: unknown.index + 5 } };
}

export function wordsOf(traces, body) {
  const names = new Set(traces.flatMap(({ documents }) => documents.map(({ name }) => name)));
  return {
    looked: lookedAt(traces.length, body),
    services: [...names].map((name) => ({ name, type: null })),
    annotations: [{ key: 'tier', values: ['gold', 'silver'] }],
    texts: Object.fromEntries(
      [
        'http.url',
        'http.method',
        'http.status',
        'http.clientip',
        'http.useragent',
        'user',
        'availabilityzone',
        'instance.id',
        'resource.arn',
      ].map((field) => [field, []]),
    ),
  };
}

export function groupsOf(traces, body) {
  const stepSeconds = (body.endTime - body.startTime) / STEPS;
  const summaries = traces.map(summaryOf);
  const figures = (some) => {
    const times = some.map(({ ResponseTime = 0 }) => ResponseTime).sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? null;
    const trend = Array.from({ length: STEPS }, () => 0);
    for (const { StartTime } of some)
      trend[Math.min(STEPS - 1, Math.floor((StartTime - body.startTime) / stepSeconds))] += 1;
    const count = (flag) => some.filter((summary) => summary[flag]).length;
    return {
      count: some.length,
      faultCount: count('HasFault'),
      errorCount: count('HasError'),
      throttleCount: count('HasThrottle'),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      trend,
    };
  };
  const byOutcome = new Map();
  for (const summary of summaries) {
    const flag = summary.HasFault ? 'fault' : summary.HasError ? 'error' : 'ok';
    byOutcome.set(flag, [...(byOutcome.get(flag) ?? []), summary]);
  }
  return {
    looked: lookedAt(traces.length, body),
    startTime: body.startTime,
    endTime: body.endTime,
    stepSeconds,
    total: figures(summaries),
    histogram: summaries.map(({ ResponseTime = 0 }) => ({ Value: ResponseTime, Count: 1 })),
    groups: [...byOutcome].map(([text, some]) => Object.assign(figures(some), { value: { text, filter: text } })),
    valueCount: byOutcome.size,
    othersCount: 0,
    annotationKeys: ['tier'],
  };
}
