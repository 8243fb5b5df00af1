import { randomBytes } from 'node:crypto';

const PUT_MS_BETWEEN = 300;
const PUT_MS_MAX = 60_000;
const DOCUMENTS_PER_CALL = 20;
const TRACE_IDS_PER_CALL = 5;

/** Two documents a trace, so that a trace is changed after it was first stored. */
export function makeDocuments(traceCount) {
  const startTime = Date.now() / 1_000 - 1;
  return Array.from({ length: traceCount }, () => {
    const traceId = `1-${Math.floor(startTime).toString(16)}-${randomBytes(12).toString('hex')}`;
    const [front, back] = [newId(), newId()];
    return [
      segment(traceId, front, 'front', { start_time: startTime, end_time: startTime + 0.2 }),
      segment(traceId, back, 'back', { parent_id: front, start_time: startTime + 0.05, end_time: startTime + 0.1 }),
    ];
  });
}

function segment(trace_id, id, name, fields) {
  return { trace_id, id, name, ...fields };
}

function newId() {
  return randomBytes(8).toString('hex');
}

/** Sends until all is acknowledged, as a client that is told 429 or 503, or finds nobody, is to do. */
export async function putAll(endpoint, documents) {
  const texts = documents.map((document) => JSON.stringify(document));
  for (let at = 0; at < texts.length; at += DOCUMENTS_PER_CALL) {
    await putUntilTaken(endpoint, texts.slice(at, at + DOCUMENTS_PER_CALL));
  }
}

async function putUntilTaken(endpoint, texts) {
  const endMs = performance.now() + PUT_MS_MAX;
  for (;;) {
    const status = await put(endpoint, texts);
    if (status === 200) return;
    if (performance.now() > endMs) throw new Error(`not taken within ${PUT_MS_MAX} ms; last: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, PUT_MS_BETWEEN));
  }
}

/** The status, or why there was none. */
export async function put(endpoint, texts) {
  try {
    const body = JSON.stringify({ TraceSegmentDocuments: texts });
    const response = await fetch(`${endpoint}/TraceSegments`, { method: 'POST', body });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return String(error);
  }
}

/** Throws unless the server has exactly these traces, each segment once, and counts each of them once. */
export async function expectExactly(endpoint, traces) {
  const { traceCount, documentCount, notices } = await ask(endpoint, '/api/status');
  const wanted = traces.flat().length;
  if (traceCount !== traces.length || documentCount !== wanted) {
    const told = notices.join(' ');
    throw new Error(`${traceCount} traces, ${documentCount} documents; sent ${traces.length}, ${wanted}. ${told}`);
  }
  for (let at = 0; at < traces.length; at += TRACE_IDS_PER_CALL) {
    const some = traces.slice(at, at + TRACE_IDS_PER_CALL);
    const { Traces } = await ask(endpoint, '/Traces', { TraceIds: some.map(([first]) => first.trace_id) });
    const found = Traces.flatMap(({ Segments }) => Segments.map(({ Id }) => Id)).toSorted();
    const sent = some.flatMap((trace) => trace.map(({ id }) => id)).toSorted();
    if (found.join() !== sent.join()) throw new Error(`segments ${found.join()}; sent ${sent.join()}`);
  }
  const now = Date.now() / 1_000;
  const { Services } = await ask(endpoint, '/ServiceGraph', { StartTime: now - 1_800, EndTime: now + 60 });
  const counts = Services.filter(({ Type }) => Type !== 'client').map((service) => [service.Name, totalOf(service)]);
  for (const [name, count] of counts) {
    if (count !== traces.length) throw new Error(`the graph counts ${count} calls of ${name}; sent ${traces.length}`);
  }
  if (counts.length !== 2) throw new Error(`the graph has ${counts.length} services; sent 2`);
}

/** Of all traces of the last half hour, as often as the server lists them. */
export async function readTraceIds(endpoint) {
  const now = Date.now() / 1_000;
  const ids = [];
  let NextToken;
  do {
    const page = await ask(endpoint, '/TraceSummaries', { StartTime: now - 1_800, EndTime: now + 60, NextToken });
    ids.push(...page.TraceSummaries.map(({ Id }) => Id));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return ids;
}

function totalOf({ SummaryStatistics }) {
  return SummaryStatistics?.TotalCount ?? 0;
}

async function ask(endpoint, path, body) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
