import { createSocket } from 'node:dgram';
import { arrivals, createTraffic } from '@fluoroscope/testkit/traffic';
import { startServer } from '../server.mjs';

const HEADER = '{"format":"json","version":1}\n';
const TICK_MS = 5;

/** Segment datagrams at a steady rate: what the kernel dropped, what was lost on the way to the store. */
export async function udp({ checkout, seconds, seed, perSecond = 10_000 }) {
  const server = await startServer({ checkout });
  try {
    const [host, port] = server.udp.split(':');
    const socket = createSocket('udp4');
    const datagrams = makeDatagrams(seed, perSecond * seconds);
    const startedMs = performance.now();
    let sent = 0;
    while (sent < datagrams.length) {
      const due = Math.min(datagrams.length, Math.floor(((performance.now() - startedMs) / 1000) * perSecond));
      for (; sent < due; sent += 1) socket.send(datagrams[sent], Number(port), host);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    const tookSeconds = (performance.now() - startedMs) / 1000;
    const stored = await storedOf(server, sent);
    socket.close();
    return {
      figures: {
        sent,
        sentPerSecond: Math.round(sent / tookSeconds),
        stored,
        lost: sent - stored,
        kernelDrops: await server.metric('fluoroscope_udp_kernel_drops_total'),
        cpuMicrosPerSegment: Number(((server.cpuSeconds() / sent) * 1e6).toFixed(1)),
        residentMb: Math.round(server.residentMb()),
      },
    };
  } finally {
    await server.stop();
  }
}

/** Each a trace of its own, of the last minute. */
function makeDatagrams(seed, count) {
  const spanCount = count * 4;
  const traffic = createTraffic('D1', { seed, startUs: (Date.now() - 60_000) * 1000, rangeUs: 59e6, spanCount });
  return Array.from(arrivals(traffic, spanCount), ({ text }) => Buffer.from(HEADER + text));
}

async function storedOf(server, wanted) {
  let stored = 0;
  for (let tries = 0; tries < 100 && stored < wanted; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    stored = await server.metric('fluoroscope_documents_stored_total');
  }
  return stored;
}
