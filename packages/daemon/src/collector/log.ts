/** Lines for people. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Told at most once in a while for each subject: what goes wrong often is counted, not told. */
  readonly seldom: (subject: string, text: string, everyMs?: number) => void;
}

const SELDOM_MS = 10_000;
const SUBJECTS_MAX = 1_000;

export function createLog(write: (line: string) => void, nowMs: () => number = Date.now): Log {
  const told = new Map<string, number>();
  const line = (level: string, text: string): void => write(`${new Date(nowMs()).toISOString()} ${level} ${text}`);
  return {
    info: (text) => line('info', text),
    warn: (text) => line('warn', text),
    seldom(subject, text, everyMs = SELDOM_MS) {
      if (nowMs() - (told.get(subject) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
      if (told.size >= SUBJECTS_MAX) told.clear();
      told.set(subject, nowMs());
      line('warn', `${subject}: ${text}`);
    },
  };
}
