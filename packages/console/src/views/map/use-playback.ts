import { useEffect, useEffectEvent, useState } from 'react';
import { type Speed, stepCount, stepIndex, replayAt } from '../../map/replay.ts';
import type { Replay } from '../../url/map-place.ts';
import type { TimeWindow } from '../../url/range.ts';

export interface Playback {
  readonly playing: boolean;
  readonly speed: Speed;
  readonly toggle: () => void;
  readonly setSpeed: (speed: Speed) => void;
  readonly stop: () => void;
}

const STEP_MS = 1000;

/** Goes on by one step after another, never before the one that is shown has come; stops at the end. */
export function usePlayback(
  window: TimeWindow | null,
  replay: Replay | null,
  waiting: boolean,
  show: (replay: Replay) => void,
): Playback {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const running = playing && replay !== null && window !== null;
  const next = useEffectEvent((from: number) => {
    if (window === null || replay === null || replay.atS !== from) return;
    const index = stepIndex(window, replay) + 1;
    if (index >= stepCount(window, replay.stepS)) setPlaying(false);
    else show(replayAt(window, replay.stepS, index));
  });
  const at = replay?.atS ?? null;
  useEffect(() => {
    if (!running || waiting || at === null) return undefined;
    const timer = setTimeout(() => next(at), STEP_MS / speed);
    return () => clearTimeout(timer);
  }, [running, waiting, speed, at]);
  return {
    playing: running,
    speed,
    toggle: () => setPlaying(!running),
    setSpeed,
    stop: () => setPlaying(false),
  };
}
