import { percentiles, round } from './numbers.mjs';
import { WARM_RUNS } from './queries.mjs';

/**
 * Each query's times in ms by name, with the items an answer held and the CPU time it took on average, which says more than
 * times do where others use the machine too. A time ends with the last byte of the answer; what was answered is read and counted
 * afterwards. Throws when an answer is wrong.
 */
export async function measureQueries(queries, answer, readCpuSeconds, runsMax = Infinity) {
  const figures = {};
  for (const { name, runs, ask } of queries) {
    const runCount = Math.min(runs, runsMax);
    const ms = [];
    let items = 0;
    let cpuBefore = 0;
    for (let run = 0; run < WARM_RUNS + runCount; run += 1) {
      const asked = ask(run);
      if (run === WARM_RUNS) cpuBefore = readCpuSeconds();
      const beforeMs = performance.now();
      const countItems = await answer(asked);
      const tookMs = performance.now() - beforeMs;
      const count = countItems();
      if (run >= WARM_RUNS) {
        ms.push(tookMs);
        items += count;
      }
      check(name, asked, count);
    }
    const cpuMs = round(((readCpuSeconds() - cpuBefore) * 1000) / runCount, 2);
    figures[name] = { ...percentiles(ms), cpuMs, items: round(items / runCount, 1) };
  }
  return figures;
}

function check(name, asked, count) {
  const wrong =
    (asked.kind === 'trace' && count !== asked.documents) ||
    (asked.kind === 'search' && (count < asked.least || count > asked.most)) ||
    (asked.kind === 'graph' && count === 0);
  if (wrong) throw new Error(`${name}: ${count} items for ${JSON.stringify(asked)}`);
}

/** Answers over HTTP, as a console or an SDK gets them. */
export function askServer(client) {
  let groups = null;

  /** The name of a group with this expression, made when it is first asked for: a kept store may have it. */
  async function groupOf(expression) {
    groups ??= new Map(
      (await client.post('/Groups', {})).Groups.map((group) => [group.FilterExpression, group.GroupName]),
    );
    const name = groups.get(expression) ?? `bench-${groups.size}`;
    if (!groups.has(expression)) {
      await client.post('/CreateGroup', { GroupName: name, FilterExpression: expression });
      groups.set(expression, name);
    }
    return name;
  }

  return async (asked) => {
    if (asked.kind === 'trace') {
      const text = await client.postText('/Traces', { TraceIds: [asked.id] });
      return () => countDocuments(JSON.parse(text).Traces[0]?.Segments ?? []);
    }
    const times = { StartTime: asked.startUs / 1e6, EndTime: asked.endUs / 1e6 };
    if (asked.kind === 'graph') {
      const group = asked.group === undefined ? {} : { GroupName: await groupOf(asked.group) };
      const text = await client.postText('/ServiceGraph', { ...times, ...group });
      return () => JSON.parse(text).Services.length;
    }
    const text = await client.postText('/TraceSummaries', { ...times, FilterExpression: asked.filter });
    return () => JSON.parse(text).TraceSummaries.length;
  };
}

/** As they were sent: what X-Ray prints inside of segments came alone, what it inferred never came. */
function countDocuments(segments) {
  let count = 0;
  const walk = (entities) => {
    for (const entity of entities) {
      if (entity.inferred === true) continue;
      count += 1;
      walk(entity.subsegments ?? []);
    }
  };
  walk(segments.map(({ Document }) => JSON.parse(Document)));
  return count;
}

/** Answers of the store itself. */
export function askStore(store, filterToCondition) {
  return async (asked) => {
    if (asked.kind === 'trace') {
      const documents = await store.readDocuments([asked.id]);
      return () => documents.length;
    }
    const { startUs, endUs } = asked;
    if (asked.kind === 'graph') {
      const { nodes } = await store.readGraph({ startUs, endUs, traceIds: null });
      return () => nodes.length;
    }
    const condition = filterToCondition(asked.filter);
    if (!condition.ok) throw new Error(`${asked.filter}: ${JSON.stringify(condition.problem)}`);
    const page = await store.findTraces({
      startUs,
      endUs,
      rangeOf: 'start',
      condition: condition.value,
      limit: 100,
      after: null,
    });
    return () => page.rows.length;
  };
}
