// Serves dist/ with made-up, changing answers: `node packages/console/dev/fixture-server.mjs [port]`.
// Modes, for looking at states: a cookie `fixture=empty|error|slow|large<count of nodes>`. Not shipped.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOf, groupsOf, wordsOf } from './analysis.mjs';
import { graphOf, placesOf, summaryOf, withInferred } from './graph.mjs';
import { largeGraph } from './large-graph.mjs';
import { oddTraces } from './odd-traces.mjs';
import { answerTrace } from './outline.mjs';
import { makeShop, makeTrace, seeded } from './shop.mjs';

const DIST = process.env.CONSOLE_DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
};
const PAGE_COUNT = 100;
const KEPT_S = 900;

export function startFixture(port = 0) {
  const shop = makeShop(seeded(7));
  const traces = [];
  const kept = new Map();
  const listeners = new Set();
  const now = () => Date.now() / 1000;
  for (let at = now() - 600; at < now() - 1; at += 0.25 + shop.random() * 0.9) traces.push(makeTrace(shop, at));
  traces.push(...oddTraces(shop, now()));
  let revision = traces.length;
  const timer = setInterval(() => {
    traces.push(makeTrace(shop, now() - 0.4));
    while (traces[0].documents[0].start_time < now() - KEPT_S) traces.shift();
    revision += 1;
    for (const listener of listeners) listener.write(`event: change\ndata: {"revision":${revision}}\n\n`);
  }, 700);
  const state = { traces, kept, listeners, revision: () => revision };
  const server = createServer((request, response) => {
    handle(state, request, response).catch((error) => {
      response.writeHead(500).end(JSON.stringify({ message: String(error) }));
    });
  });
  server.listen(port, '127.0.0.1');
  return { server, traces, stop: () => (clearInterval(timer), server.closeAllConnections(), server.close()) };
}

async function handle(state, request, response) {
  const url = new URL(request.url, 'http://fixture');
  const mode = /fixture=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const isData = request.method === 'POST' || url.pathname.startsWith('/api/');
  if (!isData) return sendFile(url.pathname, response);
  if (mode === 'error') return json(response, 500, { message: 'The store does not answer.' });
  if (mode === 'slow' && url.pathname !== '/api/live') await new Promise((done) => setTimeout(done, 8000));
  const body = request.method === 'GET' ? {} : JSON.parse((await text(request)) || '{}');
  const traces = mode === 'empty' ? [] : state.traces;
  if (answerTrace({ traces, url, response })) return undefined;
  const answer = ANSWERS[url.pathname];
  if (answer === undefined) return json(response, 404, { message: 'No such path.' });
  const largeCount = Number(/^large(\d+)$/.exec(mode ?? '')?.[1] ?? 0);
  return answer({ ...state, largeCount, traces, body, url, request, response });
}

const between = (traces, start, end) =>
  traces.filter(({ documents: [root] }) => root.start_time >= start && root.start_time < end);

const ANSWERS = {
  '/api/live': ({ listeners, request, response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    listeners.add(response);
    request.on('close', () => listeners.delete(response));
  },
  '/api/map': ({ traces, url, kept, largeCount, response, revision }) => {
    const [start, end] = [Number(url.searchParams.get('start')), Number(url.searchParams.get('end'))];
    if (largeCount > 0) {
      return json(response, 200, {
        startTime: start,
        endTime: end,
        revision: revision(),
        ...largeGraph(largeCount),
      });
    }
    const services = graphOf(between(traces, start, end));
    json(response, 200, {
      startTime: start,
      endTime: end,
      services,
      positions: placesOf(services, kept),
      revision: revision(),
    });
  },
  '/api/map/activity': ({ traces, url, response }) => {
    const [start, end, count] = ['start', 'end', 'steps'].map((name) => Number(url.searchParams.get(name)));
    const stepSeconds = (end - start) / count;
    const steps = Array.from({ length: count }, () => ({ ok: 0, error: 0, throttle: 0, fault: 0, totalSeconds: 0 }));
    for (const { documents } of between(traces, start, end)) {
      const [root] = documents;
      const step = steps[Math.floor((root.start_time - start) / stepSeconds)];
      if (step !== undefined)
        step[root.fault ? 'fault' : root.throttle ? 'throttle' : root.error ? 'error' : 'ok'] += 1;
    }
    json(response, 200, { startTime: start, endTime: end, stepSeconds, steps });
  },
  '/api/map/layout': ({ kept, response }) => {
    const before = Object.fromEntries(kept);
    for (const [key, { x, y }] of kept) kept.set(key, { x: x * 1.1, y: y * 1.2 });
    json(response, 200, { positions: Object.fromEntries(kept), before });
  },
  '/api/map/positions': ({ body, kept, response }) => {
    if (body.replace) kept.clear();
    for (const [key, place] of Object.entries(body.positions)) kept.set(key, place);
    json(response, 200, { positions: Object.fromEntries(kept) });
  },
  '/api/status': ({ response, traces }) => {
    const notices = ['Anyone who can reach this port may read and write: no access key exists yet.'];
    json(response, 200, {
      version: '0.1.0',
      status: 'ok',
      notices,
      durability: 'fsync',
      access: 'open',
      traceCount: traces.length,
      documentCount: traces.length * 5,
      storeBytes: 48_230_400,
      journalBytes: 1_204_224,
      backlogCount: 3,
      listeners: [
        { name: 'http', address: '127.0.0.1:2000' },
        { name: 'udp', address: '127.0.0.1:2000' },
      ],
    });
  },
  '/api/filter/check': ({ body, response }) => json(response, 200, checkOf(body)),
  '/api/filter/words': ({ traces, body, response }) =>
    json(response, 200, wordsOf(between(traces, body.startTime, body.endTime), body)),
  '/api/traces/groups': ({ traces, body, response }) =>
    json(response, 200, groupsOf(between(traces, body.startTime, body.endTime), body)),
  '/TraceSummaries': ({ traces, body, response }) => summaries(traces, body, response),
  '/Traces': ({ traces, body, response }) => {
    const found = traces.filter((trace) => body.TraceIds.includes(trace.traceId));
    const Traces = found.map((trace) => ({
      Id: trace.traceId,
      Duration: summaryOf(trace).Duration,
      LimitExceeded: false,
      Segments: withInferred(trace).map((document) => ({ Id: document.id, Document: JSON.stringify(document) })),
    }));
    json(response, 200, { Traces, UnprocessedTraceIds: found.length > 0 ? [] : body.TraceIds });
  },
  '/TraceGraph': ({ traces, body, response }) => {
    json(response, 200, { Services: graphOf(traces.filter((trace) => body.TraceIds.includes(trace.traceId))) });
  },
};

function summaries(traces, body, response) {
  const filter = body.FilterExpression ?? '';
  const unknown = /\b(bogus)\b/.exec(filter);
  if (unknown !== null) {
    const Message = `Invalid filter expression at column ${unknown.index + 1}: unknown keyword "bogus".`;
    return json(response, 400, { __type: 'InvalidRequestException', Message });
  }
  const service = /service\("((?:[^"\\]|\\.)*)"\)/.exec(filter)?.[1];
  const edge = /edge\("([^"]*)", ?"([^"]*)"\)/.exec(filter);
  const wanted = between(traces, body.StartTime, body.EndTime)
    .map(summaryOf)
    .filter(
      (summary) =>
        (service === undefined || summary.ServiceIds.some(({ Name }) => Name === service)) &&
        (edge === null || [edge[1], edge[2]].every((name) => summary.ServiceIds.some(({ Name }) => Name === name))),
    )
    .filter((summary) => (/(^|\s)fault\b/.test(filter) ? summary.HasFault : true))
    .sort((a, b) => b.StartTime - a.StartTime);
  const from = Number(body.NextToken ?? 0);
  const next = from + PAGE_COUNT < wanted.length ? { NextToken: String(from + PAGE_COUNT) } : {};
  return json(response, 200, {
    TraceSummaries: wanted.slice(from, from + PAGE_COUNT),
    TracesProcessedCount: wanted.length,
    ApproximateTime: body.EndTime,
    ...next,
  });
}

async function sendFile(path, response) {
  const file = extname(path) === '' ? 'index.html' : normalize(path).replace(/^(\.\.[/\\])+/, '');
  const nonce = randomBytes(16).toString('base64');
  const bytes = await readFile(join(DIST, file)).catch(() => null);
  if (bytes === null) return json(response, 404, { message: 'No such file.' });
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
  });
  return response.end(file === 'index.html' ? bytes.toString().replaceAll('__CSP_NONCE__', nonce) : bytes);
}

function json(response, status, body) {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { server } = startFixture(Number(process.argv[2] ?? 0));
  server.on('listening', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
}
