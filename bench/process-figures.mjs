import { readdirSync, readFileSync } from 'node:fs';

// What Linux knows of a process.

const TICKS_PER_SECOND = 100;

/** User and system time of the process with all its threads, and of every process below it. */
export function cpuSeconds(pid) {
  const [user, system, endedUser, endedSystem] = readStat(`/proc/${pid}/stat`);
  const below = childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0);
  return (user + system + endedUser + endedSystem) / TICKS_PER_SECOND + below;
}

/** By thread; the main one has the process's own number. Most CPU first. */
export function threadSeconds(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .map((tid) => {
      const [user, system] = readStat(`/proc/${pid}/task/${tid}/stat`);
      return { thread: Number(tid), seconds: (user + system) / TICKS_PER_SECOND };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

export function residentMb(pid) {
  return statusMb(pid, 'VmRSS');
}

export function peakResidentMb(pid) {
  return statusMb(pid, 'VmHWM');
}

function statusMb(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

/** utime, stime, cutime, cstime in ticks. */
function readStat(file) {
  const fields = readFileSync(file, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return [11, 12, 13, 14].map((at) => Number(fields[at]));
}

function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean),
    );
  } catch {
    return [];
  }
}
