import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolderFor } from './folders.mjs';
import { round } from './numbers.mjs';

const TOP_COUNT = 15;
/** Not work: the thread waited. */
const IDLE = '(idle)';
const COLLECTOR = '(garbage collector)';
/** Time outside of JavaScript: the engine's calls, the kernel, compiling. */
const NATIVE = '(program)';

const INTERVAL_US = 1_000;
/** A profiler takes its samples of idle threads too, so that the server never seems to be idle. */
const PROFILED_IDLE_MS_MAX = 4_000;

/**
 * A server's profile, where one is asked for: `nodeFlags` to start it with, how long to wait at most until it is idle, and
 * `resultOf` what its threads used, for when it has ended.
 */
export function profilerOf(isAsked) {
  if (!isAsked) return { nodeFlags: [], idleMsMax: undefined, resultOf: () => ({}) };
  const folder = temporaryFolderFor('profile');
  return {
    nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL_US}`],
    idleMsMax: PROFILED_IDLE_MS_MAX,
    resultOf(server) {
      const threads = server.threadSeconds();
      return { finish: () => summariseProfiles(folder, threads, server.pid) };
    },
  };
}

/**
 * What Node's sampling profiler wrote when the server ended, one file a thread: functions by self time, as shares of the
 * thread's busy time. Threads without JavaScript (the engine's, the file system's) are the rest of the CPU seconds.
 */
function summariseProfiles(folder, threads, pid) {
  const total = threads.reduce((sum, { seconds }) => sum + seconds, 0);
  const main = threads.find(({ thread }) => thread === pid)?.seconds ?? 0;
  const byThread = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .toSorted()
    .map((name) => summarise(join(folder, name), Number(name.split('.')[4])));
  return {
    cpuSeconds: round(total, 1),
    mainThreadCpuSeconds: round(main, 1),
    threads: byThread,
    // Main thread first; the others by what they used, unnamed by the kernel.
    otherThreadsCpuSeconds: threads
      .filter(({ thread }) => thread !== pid && thread !== 0)
      .map(({ seconds }) => seconds),
  };
}

function summarise(file, number) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const frames = new Map(nodes.map((node) => [node.id, nameOf(node.callFrame)]));
  const selfUs = new Map();
  for (const [at, id] of samples.entries()) {
    const name = frames.get(id);
    selfUs.set(name, (selfUs.get(name) ?? 0) + Math.max(0, timeDeltas[at] ?? 0));
  }
  const idleUs = selfUs.get(IDLE) ?? 0;
  const busyUs = [...selfUs.values()].reduce((sum, us) => sum + us, 0) - idleUs;
  const shareOf = (us) => round(((us ?? 0) / busyUs) * 100, 1);
  const top = [...selfUs]
    .filter(([name]) => ![IDLE, COLLECTOR, NATIVE].includes(name))
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP_COUNT);
  return {
    thread: number === 0 ? 'main' : 'storage',
    busySeconds: round(busyUs / 1e6, 1),
    idleSeconds: round(idleUs / 1e6, 1),
    collectorPercent: shareOf(selfUs.get(COLLECTOR)),
    nativePercent: shareOf(selfUs.get(NATIVE)),
    top: top.map(([name, us]) => ({ name, percent: shareOf(us) })),
  };
}

function nameOf({ functionName, url, lineNumber }) {
  if (url === '') return functionName === '' ? '(anonymous)' : functionName;
  const place = url.replace(/^file:\/\//, '').replace(/^.*\/(packages|node_modules)\//, '$1/');
  return `${functionName === '' ? '(anonymous)' : functionName} ${place}:${lineNumber + 1}`;
}
