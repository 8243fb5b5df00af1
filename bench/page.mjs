// docs/benchmarks.md from the kept results: the newest of each variant, whether it is good or bad.

const INTRODUCTION = `# Benchmarks

Made by \`npm run bench\` from [bench/results](../bench/results): the newest result of each scenario, losing ones included; beside each peer, the newest comparison with it. How it is measured,
and how to measure again, is in [bench/README.md](../bench/README.md). One machine, loopback, other work on the machine not excluded: times say
little across machines, ratios within a run say more. Where a result says how long JSON.parse took for a document of 1 kB right after it, that is how quick the machine was:
about 2.5 µs on the one that the goals were set on.`;

/** `scenarios` as in scenarios.mjs, `results` oldest first. */
export function printPage(scenarios, results) {
  const sections = Object.entries(scenarios).map(([name, scenario]) =>
    printScenario(
      scenario,
      results.filter((result) => result.scenario === name),
    ),
  );
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function printScenario({ title, about, goals }, results) {
  const plain = results.filter(({ profile, ratios }) => profile === undefined && ratios === undefined);
  const profiled = results.findLast(({ profile }) => profile !== undefined);
  const paired = results.findLast(({ ratios }) => ratios !== undefined);
  const groups = groupByData(newestOfEach(plain).map((result) => withPeers(result, plain)));
  const measured = groups.map(([data, columns]) => printGroup(data, columns, goals));
  return [
    `## ${title}`,
    about,
    ...(measured.length > 0 ? measured : [printGoalsAlone(goals), 'Not measured yet.']),
    ...(paired === undefined ? [] : [printPairs(paired)]),
    ...(profiled === undefined ? [] : [printProfile(profiled)]),
  ].join('\n\n');
}

/** Of each variant; in the order of their sizes. */
function newestOfEach(results) {
  const newest = new Map(results.map((result) => [JSON.stringify(variantOf(result)), result]));
  return [...newest.values()].toSorted((a, b) => (variantOf(a).spans ?? 0) - (variantOf(b).spans ?? 0));
}

/** Beside each peer, the newest comparison: not every run has all of them. */
function withPeers(newest, results) {
  const same = results.filter((result) => JSON.stringify(variantOf(result)) === JSON.stringify(variantOf(newest)));
  const ratios = same.flatMap(({ figures }) => Object.entries(figures).filter(([name]) => name.startsWith('cpuTo')));
  return { ...newest, figures: { ...newest.figures, ...Object.fromEntries(ratios) } };
}

function groupByData(results) {
  const groups = new Map();
  for (const result of results) {
    const data = variantOf(result).data ?? null;
    groups.set(data, [...(groups.get(data) ?? []), result]);
  }
  return [...groups];
}

function printGroup(data, columns, goals) {
  const sizes = columns.map((result) => printSize(result, 'measured'));
  const grows = columns.length > 1 && columns.every((result) => variantOf(result).spans !== undefined);
  const growth = grows ? [`${sizes.at(-1)} ÷ ${sizes[0]}`] : [];
  const wanted = goals.filter((goal) => goal.data === undefined || goal.data === data);
  const goalRows = wanted.map((goal) =>
    [goal.what, printLimit(goal, goal.most ?? goal.least), printLimit(goal, goal.stretch)].concat(
      columns.map(({ figures }) => printAgainst(goal, figures[goal.figure])),
      grows ? [printGrowth(columns, goal.figure)] : [],
    ),
  );
  const figureNames = [...new Set(columns.flatMap(({ figures }) => Object.keys(figures)))];
  const figureRows = figureNames.map((name) => [name].concat(columns.map(({ figures }) => printValue(figures[name]))));
  return [
    ...(data === null ? [] : [`### ${data}`]),
    ...(goalRows.length > 0 ? [printTable([data ?? 'figure', 'goal', 'stretch', ...sizes, ...growth], goalRows)] : []),
    `<details><summary>all figures</summary>\n\n${printTable(['figure', ...sizes], figureRows)}\n\n</details>`,
    columns.map(printWhere).join('\n'),
  ].join('\n\n');
}

function printGoalsAlone(goals) {
  const texts = goals.map((goal) => `${goal.what} ${printLimit(goal, goal.most ?? goal.least)}`);
  return texts.length === 0 ? 'No goal.' : `Goals: ${texts.join('; ')}.`;
}

function printPairs({ ratios, pairs, against, commit, at }) {
  const rows = Object.entries(ratios).map(([figure, { median, min, max }]) => [figure, median, min, max].map(String));
  const table = printTable(['this ÷ other', 'median', 'min', 'max'], rows);
  return `${pairs.length} pairs, commit ${commit} against ${against}, in turn (${at}):\n\n${table}`;
}

function printProfile({ profile, commit, at }) {
  const threads = profile.threads.map(({ thread, busySeconds, idleSeconds, collectorPercent, nativePercent, top }) => {
    const rows = top.map(({ name, percent }) => [`\`${name}\``, `${percent} %`]);
    const head = `${thread} thread: busy ${busySeconds} s (waiting for its core included), idle ${idleSeconds} s; garbage collector ${collectorPercent} %, native ${nativePercent} % of the busy time.`;
    return `${head}\n\n${printTable(['function', 'self'], rows)}`;
  });
  const others = profile.otherThreadsCpuSeconds.filter((seconds) => seconds >= 0.5);
  return [
    `### Where the CPU goes`,
    `Sampled by Node's profiler (${at}, commit ${commit}): ${profile.cpuSeconds} CPU seconds in all, ${profile.mainThreadCpuSeconds} of them in the main thread; the others (storage, engine, file system, collector; the kernel names none): ${others.join(', ')}.`,
    ...threads,
  ].join('\n\n');
}

function printWhere(result) {
  const { at, commit, seed, machine } = result;
  const { cpu, cores, memoryGb, node, parseUs } = machine;
  const pace = parseUs === undefined ? '' : `, JSON.parse ${parseUs} µs`;
  const size = printSize(result, '');
  return `${size === '' ? '' : `${size}: `}${at}, commit ${commit}, seed ${seed}, Node ${node}, ${cores} × ${cpu}, ${memoryGb} GB${pace}.`;
}

/** Results from before there were variants have none. */
function variantOf({ variant = {} }) {
  return variant;
}

function printSize(result, otherwise) {
  const { spans } = variantOf(result);
  return spans === undefined ? otherwise : printSpans(spans);
}

function printTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_name, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function printLimit(goal, value) {
  if (value === undefined) return '';
  return `${goal.least === undefined ? '≤' : '≥'} ${printValue(value)}`;
}

function printAgainst(goal, value) {
  if (typeof value !== 'number') return '–';
  const isWithin = (limit) => (goal.least === undefined ? value <= limit : value >= limit);
  if (!isWithin(goal.most ?? goal.least)) return `**${printValue(value)}, missed**`;
  return `${printValue(value)}${goal.stretch !== undefined && isWithin(goal.stretch) ? ', stretch' : ''}`;
}

function printGrowth(columns, figure) {
  const first = columns[0]?.figures[figure];
  const last = columns.at(-1)?.figures[figure];
  return typeof first === 'number' && typeof last === 'number' && first > 0 ? `× ${(last / first).toFixed(1)}` : '';
}

function printSpans(spans) {
  return spans >= 1e6 ? `${spans / 1e6} M` : `${spans / 1e3} k`;
}

function printValue(value) {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
