import { consoleLoad, consoleMap, consoleTrace } from './scenarios/console.mjs';
import { daemon } from './scenarios/daemon.mjs';
import { demoMemory } from './scenarios/demo-memory.mjs';
import { disk } from './scenarios/disk.mjs';
import { giantTraces } from './scenarios/giant-traces.mjs';
import { kafkaToClickHouse } from './scenarios/kafka-clickhouse.mjs';
import { memory } from './scenarios/memory.mjs';
import { overload } from './scenarios/overload.mjs';
import { putTraceSegments } from './scenarios/put-trace-segments.mjs';
import { createHttpScenario, createQueryScenario } from './scenarios/queries.mjs';
import { restart } from './scenarios/restart.mjs';
import { serviceGraph } from './scenarios/service-graph.mjs';
import { createSpanIngest } from './scenarios/span-ingest.mjs';
import { start } from './scenarios/start.mjs';
import { udp } from './scenarios/udp.mjs';
import { visibility } from './scenarios/visibility.mjs';

/**
 * What can be run. `variants` are run one after another; those with `spans` at 1 M and at 10 M unless --spans says which.
 * A goal names a figure and what it should be at most, or at least; `stretch` is where we want to be. `compared` are the
 * figures of which --pairs makes ratios. `quick` are the options of a smoke test.
 */
export const SCENARIOS = {
  otlp: {
    title: 'P1, P2: OTLP',
    about:
      'D2 in protobuf over HTTP, 500 spans a call, 8 calls at once, durable (fsync before the answer), server and load generator on the same two cores. CPU seconds are the whole server’s, storing and merging included, until it is idle again. Stored a second: until nothing that was acknowledged waits. Peers named in the environment get the same bytes in turn, five times; the ratios are of one round each (`cpuTo…`: ours by theirs, the median).',
    run: createSpanIngest('otlp'),
    options: { seconds: 60, warmSeconds: 20 },
    quick: { seconds: 3, warmSeconds: 1 },
    goals: [
      { figure: 'cpuSecondsPerMillionSpans', what: 'CPU seconds per million spans', most: 20, stretch: 10 },
      { figure: 'storedPerSecond', what: 'spans a second, stored', least: 60_000, stretch: 120_000 },
      { figure: 'lost', what: 'acknowledged and lost', most: 0 },
      { figure: 'sampledTraces', what: 'sampled traces', least: 200 },
      { figure: 'incompleteTraces', what: 'sampled traces that lack a span', most: 0 },
      { figure: 'cpuToJaeger', what: 'CPU ÷ Jaeger’s with Badger, synced', most: 0.4 },
      { figure: 'cpuToTempo', what: 'CPU ÷ Tempo’s', most: 0.5 },
      { figure: 'cpuToVictoriatraces', what: 'CPU ÷ VictoriaTraces’', most: 1 },
      { figure: 'cpuToCollector', what: 'CPU ÷ the OpenTelemetry Collector’s, which stores nothing', most: 1 },
    ],
    compared: ['cpuSecondsPerMillionSpans', 'storedPerSecond', 'peakResidentMb'],
  },
  zipkin: {
    title: 'P5: Zipkin',
    about: 'The same spans as Zipkin v2 JSON.',
    run: createSpanIngest('zipkin'),
    options: { seconds: 60, warmSeconds: 20 },
    quick: { seconds: 3, warmSeconds: 1 },
    goals: [
      { figure: 'cpuSecondsPerMillionSpans', what: 'CPU seconds per million spans', most: 30, stretch: 15 },
      { figure: 'lost', what: 'acknowledged and lost', most: 0 },
      { figure: 'sampledTraces', what: 'sampled traces', least: 200 },
      { figure: 'incompleteTraces', what: 'sampled traces that lack a span', most: 0 },
    ],
    compared: ['cpuSecondsPerMillionSpans', 'storedPerSecond', 'peakResidentMb'],
  },
  overload: {
    title: 'P22: twice the load',
    about:
      'OTLP of D2: first as much as the server takes from 8 callers, then twice what it stored of that, offered by 64 callers that do not wait longer when they are refused.',
    run: overload,
    options: { seconds: 60, warmSeconds: 20 },
    quick: { seconds: 3, warmSeconds: 1 },
    goals: [
      { figure: 'goodputPercent', what: 'of the peak’s goodput, %', least: 90, stretch: 97 },
      { figure: 'refusedWithoutHint', what: 'refused without Retry-After', most: 0 },
      { figure: 'unlikeAnswers', what: 'other answers than taken and 429', most: 0 },
    ],
  },
  'put-trace-segments': {
    title: 'P3: PutTraceSegments',
    about:
      'D1, 50 documents a call, 8 calls at once, durable (fsync before the answer). The server is pinned to one core, the load generator to the other. CPU seconds are the whole server’s, storing and merging included, until it is idle again; they are divided by the segments that GetServiceGraph then finds.',
    run: putTraceSegments,
    options: { seconds: 60, warmSeconds: 20 },
    quick: { seconds: 3, warmSeconds: 1 },
    goals: [
      { figure: 'acknowledgedPerSecondPerCore', what: 'segments/s/core, acknowledged', least: 15_000, stretch: 30_000 },
      { figure: 'segmentsPerCpuSecond', what: 'segments per CPU second, stored', least: 15_000, stretch: 30_000 },
      { figure: 'notFound', what: 'acknowledged and not found', most: 0 },
    ],
    compared: ['acknowledgedPerSecondPerCore', 'cpuSecondsPerMillionSegments', 'peakResidentMb', 'callP99Ms'],
  },
  visibility: {
    title: 'P6: acknowledged → found',
    about:
      'D1 at half of the rate at which the server stored a flood just before (ten seconds of it, counted until nothing waited), on both cores. Marked traces are asked for every 4 ms from their acknowledgement on: by id (BatchGetTraces) and by search (GetTraceSummaries with a filter).',
    run: visibility,
    options: { seconds: 60 },
    quick: { seconds: 5 },
    goals: [
      { figure: 'byIdP99Ms', what: 'by id, p99 ms', most: 1_000, stretch: 250 },
      { figure: 'bySearchP99Ms', what: 'by search, p99 ms', most: 1_000, stretch: 250 },
      { figure: 'neverFound', what: 'never found', most: 0 },
    ],
    compared: ['byIdP99Ms', 'bySearchP99Ms', 'mostStoredPerSecond'],
  },
  disk: {
    title: 'P7: bytes on disk',
    about:
      'After the store has merged what it will. The goals are for everything but the documents (their text, compressed, and when they arrived), which are stated apart. Annotations are kept once, in a form that is searched: data and index in one, counted whole.',
    run: disk,
    variants: [{ data: 'D2' }, { data: 'D5' }],
    sized: true,
    goals: [
      { figure: 'bytesPerSpanBesideDocuments', what: 'D2, bytes a span', most: 50, stretch: 42, data: 'D2' },
      { figure: 'bytesPerSpanBesideDocuments', what: 'D5, bytes a span', most: 45, stretch: 35, data: 'D5' },
      { figure: 'annotationPercent', what: 'annotations, % of the store (P10)', most: 10 },
    ],
  },
  'trace-by-id': {
    title: 'P8: trace by id',
    about:
      'Random ids of traces (W3C-like, so that no order of ids helps), warm. http: BatchGetTraces of a running server; store: readDocuments in a process of its own. Each answer’s documents are counted.',
    run: createQueryScenario('trace'),
    variants: [{ data: 'D2' }, { data: 'D5' }],
    sized: true,
    goals: [
      { figure: 'http random p99Ms', what: 'over HTTP, p99 ms', most: 20, stretch: 5 },
      { figure: 'store random p99Ms', what: 'the store alone, p99 ms', most: 20, stretch: 5 },
    ],
  },
  search: {
    title: 'P9: search by service, status, duration and time',
    about:
      'D2: service, fault and duration; D5: service, http.status and responsetime. In windows anywhere in the data, the newest 100. http: GetTraceSummaries; store: findTraces.',
    run: createQueryScenario('search'),
    variants: [{ data: 'D2' }, { data: 'D5' }],
    sized: true,
    goals: [
      { figure: 'http hour p95Ms', what: 'an hour, over HTTP, p95 ms', most: 100, stretch: 40 },
      { figure: 'http all p95Ms', what: 'all of it, over HTTP, p95 ms', most: 100, stretch: 40 },
      { figure: 'store all p95Ms', what: 'all of it, the store alone, p95 ms', most: 100, stretch: 40 },
    ],
  },
  annotations: {
    title: 'P10: search by annotation = value',
    about:
      'Over all of the data, the newest 100. D2: any key and value (one trace in a thousand). D5: the most frequent tenant, a user, an order that one trace alone has, numbers, a value that is nowhere.',
    run: createQueryScenario('annotation'),
    variants: [{ data: 'D2' }, { data: 'D5' }],
    sized: true,
    goals: [
      { figure: 'http value p95Ms', what: 'D2: any value, over HTTP, p95 ms', most: 150, stretch: 50, data: 'D2' },
      { figure: 'http frequent p95Ms', what: 'D5: frequent, over HTTP, p95 ms', most: 150, stretch: 50, data: 'D5' },
      { figure: 'http rare p95Ms', what: 'D5: rare, over HTTP, p95 ms', most: 150, stretch: 50, data: 'D5' },
      { figure: 'http none p95Ms', what: 'none, over HTTP, p95 ms', most: 150, stretch: 50 },
    ],
  },
  summaries: {
    title: 'GetTraceSummaries by service, duration and annotation',
    about:
      'D1 within an hour: all three together, as they stand in a trace taken at random; the newest 100, with root causes.',
    run: createHttpScenario('mixed'),
    variants: [{ data: 'D1' }],
    sized: true,
    goals: [{ figure: 'http mixed p95Ms', what: 'p95 ms', most: 100 }],
  },
  'group-graph': {
    title: 'Service graph of a group',
    about:
      'D5 within six hours: GetServiceGraph of groups for faults, for faults of traces through a service, and for faults of the service itself, which is held against each trace.',
    run: createHttpScenario('group'),
    variants: [{ data: 'D5' }],
    sized: true,
    goals: [
      { figure: 'http faults p99Ms', what: 'faults, p99 ms', most: 500 },
      { figure: 'http faultsOfService p99Ms', what: 'faults through a service, p99 ms', most: 500 },
      { figure: 'http faultsAtService p99Ms', what: 'faults of a service, p99 ms', most: 500 },
    ],
  },
  texts: {
    title: 'P11: parts of annotation values',
    about:
      'contains and begins-with over values that no index helps with; all of the data, the newest 100. D2: parts that no value has, so that all of it has to be looked at.',
    run: createQueryScenario('text'),
    variants: [{ data: 'D2' }, { data: 'D5' }],
    sized: true,
    goals: [{ figure: 'http contains p95Ms', what: 'contains, over HTTP, p95 ms', most: 5_000, stretch: 2_000 }],
  },
  'service-graph': {
    title: 'P12: service graph over six hours',
    about:
      'D5 of 60 and of 500 services within six hours; ranges that end within the last two minutes, not on a minute. The sums of four ranges with odd ends are compared with a recomputation: every trace indexed again, whole, and its facts added up without a store (at 1 M).',
    run: serviceGraph,
    variants: [{ data: 'D5' }, { data: 'D5-500' }],
    sized: true,
    goals: [
      { figure: 'http sixHours p99Ms', what: '60 services, over HTTP, p99 ms', most: 100, stretch: 30, data: 'D5' },
      {
        figure: 'store sixHours p99Ms',
        what: '60 services, the store alone, p99 ms',
        most: 100,
        stretch: 30,
        data: 'D5',
      },
      {
        figure: 'http sixHours p99Ms',
        what: '500 services, over HTTP, p99 ms',
        most: 300,
        stretch: 100,
        data: 'D5-500',
      },
      {
        figure: 'store sixHours p99Ms',
        what: '500 services, the store alone, p99 ms',
        most: 300,
        stretch: 100,
        data: 'D5-500',
      },
      { figure: 'sumsUnlikeTheRecount', what: 'sums unlike the recomputation', most: 0 },
    ],
  },
  memory: {
    title: 'P13: memory at 20,000 spans a second',
    about:
      'D2, a document a span, 50 a call, on both cores; a console asks for the map and a search every five seconds. The slope is the straight line nearest to the last two thirds of the samples.',
    run: memory,
    options: { minutes: 30 },
    quick: { minutes: 0.1 },
    goals: [
      { figure: 'peakMb', what: 'peak, MB', most: 1_024, stretch: 600 },
      { figure: 'slopePercentPerHour', what: 'slope, % an hour', most: 1 },
      { figure: 'spansPerSecond', what: 'spans a second', least: 19_900 },
      { figure: 'lost', what: 'lost', most: 0 },
    ],
    compared: ['peakMb', 'cpuSecondsPerMillionSpans'],
  },
  start: {
    title: 'P14: start, empty folder',
    about: 'From the process begun to “ready”.',
    run: start,
    goals: [{ figure: 'medianMs', what: 'ready, median ms', most: 1_500, stretch: 700 }],
    compared: ['medianMs'],
  },
  restart: {
    title: 'P14: start again, with data',
    about:
      'A store of D2. clean: closed in order. killed: kill -9 under as much D1 as it takes. full: the journal filled to its limit of 1 GiB, as after a store that has stood still. Visible: from the kill until everything acknowledged is found.',
    run: restart,
    variants: [{ data: 'D2' }],
    sized: true,
    options: { seconds: 20 },
    quick: { seconds: 2, journalBytes: 32 * 2 ** 20 },
    goals: [
      { figure: 'clean readyMs', what: 'clean: ready, ms', most: 1_500, stretch: 700 },
      { figure: 'killed readyMs', what: 'killed: ready, ms', most: 10_000, stretch: 5_000 },
      { figure: 'killed lost', what: 'killed: acknowledged and lost', most: 0 },
      { figure: 'full readyMs', what: 'full journal: ready, ms', most: 10_000, stretch: 5_000 },
      { figure: 'full lost', what: 'full journal: acknowledged and lost', most: 0 },
    ],
  },
  'kafka-clickhouse': {
    title: 'P21: Kafka to ClickHouse',
    about:
      'A topic filled with D2, a document a span; then a server with --journal kafka://… and --store-url started on it. CPU seconds are the server’s alone, from its start until everything is stored and it is idle. Left out unless BENCH_JOURNAL and BENCH_STORE_URL name an empty topic and an empty ClickHouse.',
    run: kafkaToClickHouse,
    variants: [{ data: 'D2' }],
    sized: true,
    goals: [
      { figure: 'cpuSecondsPerMillionSpans', what: 'CPU seconds per million spans', most: 18, stretch: 10 },
      { figure: 'documentsABatch', what: 'documents a batch (or a batch a second)', least: 50_000 },
      { figure: 'lost', what: 'lost', most: 0 },
      { figure: 'foundTooMany', what: 'found twice, or never sent', most: 0 },
    ],
  },
  'giant-traces': {
    title: 'Giant traces (D4)',
    about: 'One trace of so many spans, a document each, sent in calls of 50; then the whole trace read.',
    run: giantTraces,
    variants: [{ spans: 10_000 }, { spans: 100_000 }, { spans: 1_000_000 }],
    quickVariants: [{ spans: 2_000 }],
    goals: [],
  },
  'console-trace': {
    title: 'P18: a trace in the console',
    about:
      'D4 in a headless Chromium without a graphics card, in a profile that has nothing cached: from the begin of the navigation to the frame after the first rows, by the page’s own clock, the median. Per frame: CPU time of the page’s main thread (script, style, layout, paint) from the browser’s trace, not the frames’ clock.',
    run: consoleTrace,
    variants: [
      { data: '10k-spans', spans: 10_000 },
      { data: '100k-spans', spans: 100_000 },
      { data: '1M-spans', spans: 1_000_000 },
    ],
    quickVariants: [{ data: '2k-spans', spans: 2_000 }],
    options: { opens: 5 },
    quick: { opens: 1 },
    goals: [
      { figure: 'shownMs', what: 'first rows on the screen, ms', most: 400, data: '10k-spans' },
      { figure: 'scrollP95Ms', what: 'main thread per frame while scrolling, p95 ms', most: 8, data: '10k-spans' },
      { figure: 'shownMs', what: 'first rows on the screen, ms', most: 1_500, data: '100k-spans' },
      { figure: 'scrollP95Ms', what: 'main thread per frame while scrolling, p95 ms', most: 8, data: '100k-spans' },
      { figure: 'shownMs', what: 'first rows on the screen, ms', most: 6_000, data: '1M-spans' },
      { figure: 'scrollP95Ms', what: 'main thread per frame while scrolling, p95 ms', most: 16, data: '1M-spans' },
    ],
    compared: ['shownMs', 'mainThreadMs', 'serverCpuMsAnOpening', 'scrollP95Ms'],
  },
  'console-map': {
    title: 'P19: the map in the console',
    about:
      'Layered landscapes, each service with one or two callers, in a window that stands still. Layouts and placing one new node: the server’s own function, the best of seven. Frames as above.',
    run: consoleMap,
    variants: [
      { data: '100-nodes', nodes: 100 },
      { data: '500-nodes', nodes: 500 },
      { data: '2000-nodes', nodes: 2_000 },
    ],
    quickVariants: [{ data: '60-nodes', nodes: 60 }],
    options: { opens: 3 },
    quick: { opens: 1 },
    goals: [
      { figure: 'layoutMs', what: 'first layout, ms', most: 200, stretch: 60, data: '100-nodes' },
      { figure: 'layoutMs', what: 'first layout, ms', most: 700, stretch: 400, data: '500-nodes' },
      { figure: 'layoutMs', what: 'first layout, ms', most: 5_000, stretch: 3_000, data: '2000-nodes' },
      { figure: 'newNodeMs', what: 'one new node, ms', most: 10 },
      { figure: 'moveP95Ms', what: 'main thread per frame while moving, p95 ms', most: 16 },
      { figure: 'zoomP95Ms', what: 'main thread per frame while zooming, p95 ms', most: 16 },
    ],
    compared: ['shownMs', 'mainThreadMs', 'moveP95Ms', 'zoomP95Ms'],
  },
  'console-load': {
    title: 'P20: the console’s first load',
    about:
      'The map of twelve services, and the list of traces, in a profile that has nothing: until the first node or trace is on the screen. Bytes are those of the files fetched by then, as gzip would make them (the server sends brotli, which is less).',
    run: consoleLoad,
    options: { opens: 5 },
    quick: { opens: 1 },
    goals: [
      { figure: 'mapGzipKb', what: 'map, kB gzipped', most: 350, stretch: 200 },
      { figure: 'mapShownMs', what: 'map, shown and usable, ms', most: 800 },
      { figure: 'tracesGzipKb', what: 'traces, kB gzipped', most: 350, stretch: 200 },
      { figure: 'tracesShownMs', what: 'traces, shown and usable, ms', most: 800 },
    ],
    compared: ['mapGzipKb', 'mapShownMs', 'mapMainThreadMs'],
  },
  udp: {
    title: 'Segments over UDP',
    about: 'D1 datagrams at 10,000 a second for 30 s.',
    run: udp,
    options: { seconds: 30 },
    quick: { seconds: 2 },
    goals: [
      { figure: 'sentPerSecond', what: 'segments a second', least: 9_900 },
      { figure: 'kernelDrops', what: 'kernel drops', most: 0 },
      { figure: 'lost', what: 'lost', most: 0 },
    ],
  },
  daemon: {
    title: 'P4: the daemon',
    about:
      'D1 segments as datagrams at 20,000 a second through `fluoroscope daemon`, to an endpoint that takes everything; then with Linux’s stock receive buffer of 208 KiB; then at 4,000 a second (`at4k…`; % of one core). Daemons named in the environment (`PEER_AWS_DAEMON=/path/to/xray`) are run in turn with ours, five times, with the same file; the ratios are of one round each.',
    run: daemon,
    options: { seconds: 60 },
    quick: { seconds: 3 },
    goals: [
      { figure: 'sentPerSecond', what: 'segments a second', least: 19_900, stretch: 39_800 },
      { figure: 'kernelDrops', what: 'kernel drops', most: 0 },
      { figure: 'lost', what: 'lost', most: 0 },
      { figure: 'peakResidentMb', what: 'memory, peak, MB', most: 80 },
      { figure: 'cpuToAws', what: 'CPU at 4,000/s ÷ AWS’s daemon', most: 1 },
    ],
  },
  'demo-memory': {
    title: 'Memory of the demo',
    about: 'Resident memory, idle, after five minutes of the demo’s shop.',
    run: demoMemory,
    options: { seconds: 300 },
    quick: { seconds: 5 },
    goals: [{ figure: 'idleMb', what: 'idle, MB', most: 400 }],
  },
};
