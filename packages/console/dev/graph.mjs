/* oxlint-disable oxc/no-map-spread, max-lines-per-function -- made-up data for looking at pages */
// Service graph, summaries and positions of the made-up shop. Not shipped.

/** Adds the far ends of calls that nobody answered, as the real server does. */
export function withInferred(trace) {
  const answered = new Set(trace.documents.map((document) => document.parent_id));
  const inferred = [];
  const visit = (entity) => {
    for (const call of entity.subsegments ?? []) {
      if (call.namespace !== undefined && !answered.has(call.id)) {
        const { namespace: _namespace, subsegments: _subsegments, cause: _cause, ...rest } = call;
        inferred.push({
          ...rest,
          trace_id: trace.traceId,
          id: call.id.split('').toReversed().join(''),
          parent_id: call.id,
          inferred: true,
          origin: nodeOf(call).type,
        });
      }
      visit(call);
    }
  };
  for (const document of trace.documents) visit(document);
  return [...trace.documents, ...inferred];
}

function nodeOf(call) {
  if (call.aws?.table_name !== undefined) return { name: call.aws.table_name, type: 'AWS::DynamoDB::Table' };
  if (call.aws?.queue_url !== undefined) return { name: call.aws.queue_url, type: 'AWS::SQS::Queue' };
  if (call.sql !== undefined) return { name: call.name, type: 'Database::SQL' };
  return { name: call.name, type: 'remote' };
}

const keyOf = (node) => JSON.stringify([node.name, node.type, null]);
const round = (seconds) => Math.round(seconds * 1000) / 1000;

export function graphOf(traces) {
  const nodes = new Map();
  const node = (identity) => {
    const key = keyOf(identity);
    if (!nodes.has(key)) nodes.set(key, { ...identity, stats: emptyStats(), edges: new Map() });
    return nodes.get(key);
  };
  for (const trace of traces) addTrace(trace, node);
  const references = new Map([...nodes.keys()].map((key, index) => [key, index]));
  return [...nodes.entries()].map(([key, it]) => ({
    ReferenceId: references.get(key),
    Name: it.name,
    Names: [it.name],
    ...(it.type === null ? {} : { Type: it.type }),
    ...(it.root ? { Root: true } : {}),
    State: it.sends ? 'active' : 'unknown',
    Edges: [...it.edges.entries()].map(([to, stats]) => ({
      ReferenceId: references.get(to),
      Aliases: [],
      ...printStats(stats),
    })),
    ...(it.type === 'client'
      ? {}
      : { ...printStats(it.stats), DurationHistogram: printStats(it.stats).ResponseTimeHistogram }),
  }));
}

function addTrace(trace, node) {
  const byParent = new Map(trace.documents.map((document) => [document.parent_id, document]));
  for (const document of trace.documents) {
    const service = node({ name: document.name, type: document.origin ?? null });
    service.sends = true;
    count(service.stats, document);
    if (document.parent_id === undefined) {
      service.root = true;
      count(edge(node({ name: document.name, type: 'client' }), service), document);
    }
    const visit = (entity) => {
      for (const call of entity.subsegments ?? []) {
        if (call.namespace !== undefined) {
          const real = byParent.get(call.id);
          const target = real === undefined ? node(nodeOf(call)) : node({ name: real.name, type: real.origin ?? null });
          if (real === undefined) count(target.stats, call);
          count(edge(service, target), call);
        }
        visit(call);
      }
    };
    visit(document);
  }
}

function edge(from, to) {
  const key = keyOf(to);
  if (!from.edges.has(key)) from.edges.set(key, emptyStats());
  return from.edges.get(key);
}

function emptyStats() {
  return { ok: 0, error: 0, throttle: 0, fault: 0, time: 0, histogram: new Map() };
}

function count(stats, entity) {
  if (entity.end_time === undefined) return;
  const outcome = entity.fault ? 'fault' : entity.throttle ? 'throttle' : entity.error ? 'error' : 'ok';
  stats[outcome] += 1;
  const seconds = entity.end_time - entity.start_time;
  stats.time += seconds;
  stats.histogram.set(round(seconds), (stats.histogram.get(round(seconds)) ?? 0) + 1);
}

function printStats(stats) {
  const TotalCount = stats.ok + stats.error + stats.throttle + stats.fault;
  return {
    SummaryStatistics: {
      OkCount: stats.ok,
      ErrorStatistics: {
        ThrottleCount: stats.throttle,
        OtherCount: stats.error,
        TotalCount: stats.throttle + stats.error,
      },
      FaultStatistics: { OtherCount: stats.fault, TotalCount: stats.fault },
      TotalCount,
      TotalResponseTime: stats.time,
    },
    ResponseTimeHistogram: [...stats.histogram].map(([Value, Count]) => ({ Value, Count })),
  };
}

export function summaryOf(trace) {
  const root = trace.documents[0];
  const all = withInferred(trace);
  const start = Math.min(...all.map((document) => document.start_time));
  const end = Math.max(...all.map((document) => document.end_time ?? document.start_time));
  const partial = all.some((document) => document.in_progress);
  const services = new Map(
    all.map((document) => [
      document.name + document.origin,
      { Name: document.aws?.table_name ?? document.name, ...(document.origin ? { Type: document.origin } : {}) },
    ]),
  );
  const value = (it) =>
    typeof it === 'number' ? { NumberValue: it } : typeof it === 'boolean' ? { BooleanValue: it } : { StringValue: it };
  return {
    Id: trace.traceId,
    StartTime: start,
    Duration: end - start,
    ...(root.end_time === undefined ? {} : { ResponseTime: root.end_time - root.start_time }),
    HasFault: root.fault === true,
    HasError: root.error === true,
    HasThrottle: all.some((document) => document.throttle),
    IsPartial: partial,
    Http: {
      HttpURL: root.http?.request?.url,
      HttpMethod: root.http?.request?.method,
      HttpStatus: root.http?.response?.status,
    },
    Annotations: Object.fromEntries(
      all.flatMap((document) =>
        Object.entries(document.annotations ?? {}).map(([key, it]) => [key, [{ AnnotationValue: value(it) }]]),
      ),
    ),
    ServiceIds: [...services.values()],
    EntryPoint: { Name: root.name, Type: root.origin },
    Revision: 1,
  };
}

const ROWS = {
  client: [0, 2],
  frontend: [1, 2],
  catalog: [2, 0],
  recommender: [2, 1],
  cart: [2, 2],
  order: [2, 3.4],
  payment: [3, 4],
  'shop-products': [3, 0],
  'shop-carts': [3, 2],
  'shop-orders': [3, 3],
  'api.payments.example': [4, 4],
  'stockdb@db1.internal': [3, 5],
  'order-events': [3, 6],
};

export function placesOf(services, kept) {
  for (const service of services) {
    const key = JSON.stringify([service.Name, service.Type ?? null, service.AccountId ?? null]);
    const short = service.Type === 'client' ? 'client' : service.Name.split('/').at(-1);
    const [column, row] = ROWS[short] ?? [4, kept.size % 7];
    if (!kept.has(key)) kept.set(key, { x: column * 2.2, y: row * 1.6 });
  }
  return Object.fromEntries(kept);
}
