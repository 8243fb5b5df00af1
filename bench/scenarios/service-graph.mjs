import { isDeepStrictEqual } from 'node:util';
import { prepareStore, runProcess } from '../stores.mjs';
import { askOverHttp, flatten } from './queries.mjs';

/** Of more, the recomputation takes half an hour. */
const RECOUNTED_SPANS_MAX = 2_000_000;

/** P12. Six hours of D5; what the store answers for ranges with odd ends is counted again from the documents, if they are not too many. */
export async function serviceGraph(options) {
  const { checkout, runsMax } = options;
  const { dataDir, loaded } = await prepareStore(options);
  const topics = ['graph'];
  const graphs = oddRanges(loaded);
  const overHttp = await askOverHttp({ checkout, dataDir, loaded, topics, runsMax });
  const inStore = await runProcess('read-store', { checkout, dataDir, loaded, topics, runsMax, graphs });
  const recounted =
    loaded.spans > RECOUNTED_SPANS_MAX ? null : await runProcess('recount-graph', { checkout, loaded, graphs });
  return {
    figures: {
      spans: loaded.spans,
      nodes: inStore.sums[0].nodes.length,
      edges: inStore.sums[0].edges.length,
      ...flatten('http', overHttp.figures),
      ...flatten('store', inStore.figures),
      ...(recounted !== null && compareAll(inStore.sums, recounted.sums)),
      serverResidentMb: overHttp.residentMb,
    },
  };
}

/** All of it; ends within a minute; within one second; whole minutes. */
function oddRanges({ startUs, lastUs }) {
  const lengthUs = lastUs - startUs;
  const at = (share) => Math.floor(startUs + lengthUs * share);
  const minute = (us) => Math.floor(us / 60e6) * 60e6;
  return [
    { startUs: 0, endUs: lastUs + 1e12 },
    { startUs: at(0.123_456_7), endUs: at(0.876_543_2) },
    { startUs: at(0.5), endUs: at(0.5) + 777_777 },
    { startUs: minute(at(0.25)), endUs: minute(at(0.75)) },
  ];
}

function compareAll(stored, recounted) {
  const compared = stored.map((sums, at) => compareSums(sums, recounted[at]));
  return {
    rangesRecounted: compared.length,
    sumsCompared: compared.reduce((sum, { count }) => sum + count, 0),
    sumsUnlikeTheRecount: compared.reduce((sum, { unlike }) => sum + unlike, 0),
  };
}

/** Their starts and ends may span facts that were taken back, so those are left out. */
function compareSums(stored, recounted) {
  const expected = bySubject(recounted);
  const found = bySubject(stored);
  const subjects = new Set([...expected.keys(), ...found.keys()]);
  const unlike = [...subjects].filter((subject) => !isDeepStrictEqual(expected.get(subject), found.get(subject)));
  if (unlike.length > 0) {
    const [subject] = unlike;
    console.log(`  ${subject}\n  recounted ${print(expected.get(subject))}\n  stored    ${print(found.get(subject))}`);
  }
  return { count: subjects.size, unlike: unlike.length };
}

function print(sum) {
  return JSON.stringify(sum).slice(0, 400);
}

function bySubject({ nodes, edges }) {
  const figuresOf = ({ counts, totalDurationUs, histogram, aliases }) => ({
    counts: { ...counts },
    totalDurationUs,
    histogram,
    aliases,
  });
  return new Map([
    ...nodes.map((sum) => [
      JSON.stringify([keyOf(sum.service), sum.state, sum.root]),
      figuresOf({ ...sum, aliases: [] }),
    ]),
    ...edges.map((sum) => [JSON.stringify([keyOf(sum.source), keyOf(sum.target)]), figuresOf(sum)]),
  ]);
}

function keyOf({ name, type, accountId }) {
  return [name, type, accountId];
}
