import {
  createRandom,
  createTraffic,
  d2Key,
  d2Value,
  D2_KEY_COUNT,
  D2_VALUE_COUNT,
  d5Order,
} from '@fluoroscope/testkit/traffic';

// What the query benches ask: the same of the server over HTTP and of the store in a process of its own.

const HOUR_US = 3_600e6;
/** The first runs of each query are not counted. */
export const WARM_RUNS = 20;

/**
 * `ask(run)` is a question of one kind:
 *
 *   trace    documents of an id, of which there must be `documents`
 *   search   at least `least` and at most `most` of the newest 100 traces in [startUs, endUs)
 *   graph    the sums of [startUs, endUs); with a `group`, an expression, of the traces it matches
 */
export function createQueries({ data, seed, startUs, rangeUs, spanCount, traces, lastUs }, topics) {
  const traffic = createTraffic(data, { seed, startUs, rangeUs, spanCount });
  const of = { data, seed, traffic, traces, startUs, endUs: lastUs + 1 };
  return topics.flatMap((topic) => TOPICS[topic](of));
}

const TOPICS = {
  trace: traceQueries,
  search: searchQueries,
  annotation: annotationQueries,
  text: textQueries,
  graph: graphQueries,
  mixed: mixedQueries,
  group: groupQueries,
};

function traceQueries({ seed, traffic, traces }) {
  const pick = (run) => createRandom(seed ^ 0x1d, run).below(traces);
  const ask = (run) => {
    const index = pick(run);
    return { kind: 'trace', id: traffic.traceIdAt(index), documents: traffic.documentsAt(index).length };
  };
  const unknown = (run) => {
    const hex = [1, 2, 3, 4].map((salt) =>
      createRandom(~seed, run * 4 + salt)
        .word()
        .toString(16)
        .padStart(8, '0'),
    );
    return { kind: 'trace', id: `1-${hex[0]}-${hex[1]}${hex[2]}${hex[3]}`, documents: 0 };
  };
  return [
    { name: 'random', runs: 2_000, ask },
    { name: 'unknown', runs: 500, ask: unknown },
  ];
}

/** By service, status, duration and time; services as often as they are met in traces. */
function searchQueries({ data, seed, traffic, traces, startUs, endUs }) {
  const expression = (run) => {
    const random = createRandom(seed ^ 0x5e, run);
    const documents = traffic.documentsAt(random.below(traces)).map(({ text }) => JSON.parse(text));
    const segments = documents.filter(({ type }) => type === undefined);
    const service = segments[random.below(segments.length)]?.name ?? '';
    return data === 'D2'
      ? `service("${service}") AND fault = true AND duration > ${(0.1 + random.share() * 0.3).toFixed(3)}`
      : `service("${service}") AND http.status = 500 AND responsetime > ${(0.1 + random.share()).toFixed(3)}`;
  };
  const windows = data === 'D2' ? { hour: 1, day: 24, all: Infinity } : { fiveMinutes: 1 / 12, hour: 1, all: Infinity };
  return Object.entries(windows).map(([name, hours]) => ({
    name,
    runs: 100,
    ask(run) {
      const lengthUs = Math.min(hours * HOUR_US, endUs - startUs);
      const fromUs = startUs + Math.floor(createRandom(seed ^ 0x3d, run).share() * (endUs - startUs - lengthUs));
      return {
        kind: 'search',
        startUs: fromUs,
        endUs: fromUs + lengthUs,
        filter: expression(run),
        least: 0,
        most: 100,
      };
    },
  }));
}

/** Over all time. In D2 each value of a key is in about one trace of a thousand. */
function annotationQueries({ data, seed, traces, startUs, endUs }) {
  const search = (name, runs, least, filter, most = 100) => ({
    name,
    runs,
    ask: (run) => ({
      kind: 'search',
      startUs,
      endUs,
      filter: filter(createRandom(seed ^ 0xa0, run), run),
      least,
      most,
    }),
  });
  const none = search('none', 30, 0, (_random, run) => `annotation.tenant = "nobody-${run}"`, 0);
  if (data === 'D2') {
    const pair = (random) =>
      `annotation.${d2Key(random.below(D2_KEY_COUNT))} = "${d2Value(random.below(D2_VALUE_COUNT))}"`;
    // Expected as often as not; far fewer than a page in a small store.
    return [search('value', 200, traces >= 100_000 ? 40 : 0, pair), none];
  }
  return [
    search('frequent', 100, 1, () => 'annotation.tenant = "t0000"'),
    search('user', 100, 0, (random) => `annotation.user_id = "u${random.below(100_000)}"`),
    search('rare', 100, 1, (random) => `annotation.order_id = "${d5Order(seed, random.below(traces))}"`, 1),
    search('number', 50, 1, (random) => `annotation.items = ${random.below(40)}`),
    search('rangeOfNumber', 30, 0, () => 'annotation.payload_bytes > 199900'),
    none,
  ];
}

/** P11's preview: no index helps. */
function textQueries({ data, seed, startUs, endUs }) {
  const search = (name, filter) => ({
    name,
    runs: 10,
    ask: (run) => ({
      kind: 'search',
      startUs,
      endUs,
      filter: filter(
        createRandom(seed ^ 0x7e, run)
          .word()
          .toString(16)
          .padStart(8, '0'),
      ),
      least: 0,
      most: 100,
    }),
  });
  if (data === 'D2')
    return [search('contains', (hex) => `annotation.attr_05 CONTAINS "_${parseInt(hex, 16) % 1000}x"`)];
  return [
    search('contains', (hex) => `annotation.session_id CONTAINS "${hex.slice(0, 6)}"`),
    search('beginsWith', (hex) => `annotation.session_id BEGINSWITH "${hex.slice(0, 4)}"`),
  ];
}

/** By service, duration and annotation together, as they stand in a trace taken at random. */
function mixedQueries({ seed, traffic, traces, startUs, endUs }) {
  const expression = (run) => {
    const random = createRandom(seed ^ 0x3c, run);
    const documents = traffic.documentsAt(random.below(traces)).map(({ text }) => JSON.parse(text));
    const segment = documents.find(({ type }) => type === undefined);
    const [key, value] = Object.entries(segment.annotations).at(random.below(3));
    const seconds = Math.max(0, segment.end_time - segment.start_time - 0.001).toFixed(3);
    return `service("${segment.name}") AND duration > ${seconds} AND annotation.${key} = ${JSON.stringify(value)}`;
  };
  const ask = (run) => ({ kind: 'search', startUs, endUs, filter: expression(run), least: 1, most: 100 });
  return [{ name: 'mixed', runs: 100, ask }];
}

/** What an on-call engineer makes groups of: what failed, what one service failed in, what was slow. */
function groupQueries({ seed, traffic, startUs, endUs }) {
  const [first] = traffic.documentsAt(0).map(({ text }) => JSON.parse(text));
  const groups = {
    faults: 'fault = true',
    faultsOfService: `service("${first.name}") AND fault = true`,
    faultsAtService: `service("${first.name}") { fault = true }`,
  };
  const until = (run) => endUs - createRandom(seed ^ 0x6b, run).below(120e6);
  return Object.entries(groups).map(([name, group]) => ({
    name,
    runs: 30,
    ask: (run) => ({ kind: 'graph', group, startUs: Math.max(startUs, until(run) - 6 * HOUR_US), endUs: until(run) }),
  }));
}

function graphQueries({ seed, startUs, endUs }) {
  const until = (run) => endUs - createRandom(seed ^ 0x6a, run).below(120e6);
  const graph = (name, hours, runs) => ({
    name,
    runs,
    ask: (run) => ({ kind: 'graph', startUs: Math.max(startUs, until(run) - hours * HOUR_US), endUs: until(run) }),
  });
  return [graph('sixHours', 6, 200), graph('fiveMinutes', 1 / 12, 100)];
}
