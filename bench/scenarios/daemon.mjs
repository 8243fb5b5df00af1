import { createSocket } from 'node:dgram';
import { arrivals, createTraffic } from '@fluoroscope/testkit/traffic';
import { ourDaemon, peerDaemons, startDaemon, startSink } from '../daemons.mjs';
import { median, prefixed, round, sleep } from '../numbers.mjs';

const HEADER = '{"format":"json","version":1}\n';
/** Sent again and again: a daemon does not look into them. */
const DATAGRAMS = 20_000;
const TICK_MS = 2;
/** As much as AWS's daemon is known to take. */
const LOW_PER_SECOND = 4_000;
const ROUNDS_WITH_PEERS = 5;
const DRAIN_MS_MAX = 30_000;
const STOCK_BUFFER_KB = 208;

/** P4: segments a second through the daemon, to an endpoint that takes everything; and what the daemon costs, beside others'. */
export async function daemon({ checkout, seconds, seed, perSecond = 20_000 }) {
  const datagrams = makeDatagrams(seed);
  const ours = ourDaemon(checkout);
  const load = { datagrams, seconds };
  const full = await measure(ours, { ...load, perSecond });
  const stock = await measure(ours, { ...load, perSecond, more: { ReceiveBufferKB: STOCK_BUFFER_KB } });
  const peers = peerDaemons();
  const rounds = [];
  for (let turn = 0; turn < (peers.length === 0 ? 1 : ROUNDS_WITH_PEERS); turn += 1) {
    const measured = {};
    for (const one of [ours, ...peers]) measured[one.name] = await measure(one, { ...load, perSecond: LOW_PER_SECOND });
    rounds.push(measured);
  }
  const theirsFull = {};
  for (const peer of peers) theirsFull[peer.name] = await measure(peer, { ...load, perSecond });
  return {
    figures: {
      ...full,
      stockBufferKernelDrops: stock.kernelDrops,
      ...prefixed('at4k', rounds.at(-1)?.ours ?? {}),
      ...Object.assign({}, ...peers.map(({ name }) => compare(name, rounds, theirsFull[name]))),
    },
  };
}

/** Ratios of what was measured in the same round. */
function compare(name, rounds, full) {
  const ratios = rounds.map((measured) => measured.ours.cpuPercent / measured[name].cpuPercent);
  const label = `cpuTo${name[0].toUpperCase()}${name.slice(1)}`;
  return {
    ...prefixed(`${name}At4k`, rounds.at(-1)?.[name] ?? {}),
    ...prefixed(name, full),
    [label]: round(median(ratios), 3),
    [`${label}Min`]: round(Math.min(...ratios), 3),
    [`${label}Max`]: round(Math.max(...ratios), 3),
  };
}

async function measure(program, { datagrams, seconds, perSecond, more = {} }) {
  const sink = await startSink();
  const running = await startDaemon(program, { endpoint: sink.url, more });
  const socket = createSocket('udp4');
  try {
    const cpuBefore = running.cpuSeconds();
    const startedMs = performance.now();
    let sent = 0;
    for (const total = perSecond * seconds; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1000) * perSecond));
      for (; sent < due; sent += 1) socket.send(datagrams[sent % datagrams.length], running.udp, '127.0.0.1');
      await sleep(TICK_MS);
    }
    const tookSeconds = (performance.now() - startedMs) / 1000;
    const delivered = await deliveredOf(sink, sent);
    const used = running.cpuSeconds() - cpuBefore;
    return {
      sentPerSecond: Math.round(sent / tookSeconds),
      lost: sent - delivered,
      kernelDrops: running.kernelDrops(),
      cpuPercent: round((used / tookSeconds) * 100, 1),
      cpuMicrosPerSegment: round((used / sent) * 1e6, 1),
      peakResidentMb: round(running.peakResidentMb()),
    };
  } finally {
    socket.close();
    await running.stop();
    await sink.stop();
  }
}

/** Once all have arrived, or no more come. */
async function deliveredOf(sink, wanted) {
  let before = -1;
  for (const untilMs = performance.now() + DRAIN_MS_MAX; performance.now() < untilMs;) {
    const count = await sink.count();
    if (count >= wanted || (count === before && count > 0)) return count;
    before = count;
    await sleep(2_000);
  }
  return sink.count();
}

function makeDatagrams(seed) {
  const spanCount = DATAGRAMS * 4;
  const traffic = createTraffic('D1', { seed, startUs: (Date.now() - 60_000) * 1000, rangeUs: 59e6, spanCount });
  return Array.from(arrivals(traffic, spanCount), ({ text }) => Buffer.from(HEADER + text));
}
