/** How the store keeps up with the journal, as far as samples of both tell. Times in milliseconds that never go back. */
export interface StorePace {
  /** To be called whenever the pace matters, the more often the better; looks again only after `SAMPLE_MS`. Whether it did. */
  readonly sample: (nowMs: number) => boolean;
  /** Durable and not yet stored. */
  readonly waitingCount: number;
  /** Of the oldest record that waits; 0 when none does. Since the first sample for what waited before. */
  readonly ageMs: number;
  /** Records a millisecond, lately and while some waited; 0 when that is not known: none waits, or the store stands still or has just begun. */
  readonly storedPerMs: number;
}

export interface JournalWay {
  /** Of the last record that is durable. */
  readonly committedSequence: number;
  /** Of the last record that is stored. */
  readonly storedSequence: number;
  /** The store takes nothing, and says so. */
  readonly isFailing: boolean;
}

export interface StorePaceOptions {
  readonly read: () => JournalWay;
  /** A store that takes nothing for longer stands still, though it does not say so. */
  readonly stillMsMax: number;
}

interface Sample extends JournalWay {
  readonly atMs: number;
}

/** Batches are stored two to eight times a second: more often there is nothing new to see. */
export const SAMPLE_MS = 250;

/** The pace is measured over so long, short stalls such as merges included. */
const PACE_MS_MAX = 30_000;

/** Over less it is not known: one batch more or less would make too much of it. */
const PACE_MS_MIN = 2_000;

/** Ten minutes of samples. Of older ones the oldest is kept, for the age. */
const SAMPLES_MAX = 2_400;

export function createStorePace({ read, stillMsMax }: StorePaceOptions): StorePace {
  /** From the one by which the oldest waiting record had come: since then the store has had something to do. */
  const samples: Sample[] = [];
  let last: Sample | null = null;
  let ageMs = 0;
  let storedPerMs = 0;
  /** Of the last record stored, or of the last time that none waited. */
  let movedMs = 0;
  /** When it last began after standing still: the time before tells nothing of its pace. */
  let begunMs = 0;

  function follow(now: Sample, before: Sample): void {
    const hasMoved = now.storedSequence > before.storedSequence || now.committedSequence <= now.storedSequence;
    if (now.isFailing || (hasMoved && now.atMs - movedMs > stillMsMax)) begunMs = now.atMs;
    if (hasMoved) movedMs = now.atMs;
  }

  function measure(now: Sample): void {
    const from = samples.findIndex(({ committedSequence }) => committedSequence > now.storedSequence);
    samples.splice(0, from === -1 ? samples.length : from);
    const [oldest = now] = samples;
    ageMs = now.atMs - oldest.atMs;
    const sinceMs = Math.max(begunMs, now.atMs - PACE_MS_MAX);
    const since = samples.find(({ atMs }) => atMs >= sinceMs) ?? now;
    const spanMs = now.atMs - since.atMs;
    const isKnown = spanMs >= PACE_MS_MIN && now.atMs - movedMs <= stillMsMax;
    storedPerMs = isKnown ? (now.storedSequence - since.storedSequence) / spanMs : 0;
  }

  return {
    sample(nowMs) {
      if (last !== null && nowMs - last.atMs < SAMPLE_MS) return false;
      const now = { ...read(), atMs: nowMs };
      if (last === null) movedMs = nowMs;
      else follow(now, last);
      measure(now);
      last = now;
      if (now.committedSequence > now.storedSequence) samples.push(now);
      if (samples.length > SAMPLES_MAX) samples.splice(1, 1);
      return true;
    },
    get waitingCount() {
      return last === null ? 0 : Math.max(0, last.committedSequence - last.storedSequence);
    },
    get ageMs() {
      return ageMs;
    },
    get storedPerMs() {
      return storedPerMs;
    },
  };
}
