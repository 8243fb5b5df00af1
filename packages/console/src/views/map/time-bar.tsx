import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerTrackNextFilled,
  IconPlayerTrackPrevFilled,
  IconX,
} from '@tabler/icons-react';
import type { ActivityStep } from '@fluoroscope/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useEffectEvent } from 'react';
import { readActivity } from '../../http/operations.ts';
import { replayAt, SPEEDS, stepChoices, stepCount, stepIndex, stepOf, windowAt } from '../../map/replay.ts';
import { formatClock, formatCount, formatDuration, formatSpan } from '../../text/format.ts';
import type { MapPlace, Replay } from '../../url/map-place.ts';
import { printRange, type Range, type TimeWindow, windowOf } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { ActivityBars } from './activity-bars.tsx';
import { type Playback, usePlayback } from './use-playback.ts';

const REFRESH_MS = 5000;
const STEPS_ASKED = 60;

interface TimeBarProps {
  readonly place: MapPlace;
  /** The step that is shown has not come yet. */
  readonly waiting: boolean;
  readonly paused: boolean;
}

/** What clients asked for over the range, and a slider that goes through it step by step while the map keeps still. */
export function TimeBar({ place, waiting, paused }: TimeBarProps): ReactNode {
  const { range, replay, group } = place;
  const activity = useQuery({
    queryKey: ['map-activity', printRange(range), group],
    queryFn: ({ signal }) => {
      const window = windowOf(range, Math.ceil(Date.now() / 1000));
      const steps = Math.min(STEPS_ASKED, stepCount(window, stepOf(window)));
      return readActivity({ window, steps, group }, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: paused || range.kind === 'fixed' ? false : REFRESH_MS,
  });
  const window = range.kind === 'fixed' ? range : null;
  const show = (next: Replay | null): void => go({ ...place, replay: next }, 'replace');
  const playback = usePlayback(window, replay, waiting, show);
  const steps = activity.data?.steps ?? [];
  const shown = activity.data === undefined ? null : { startS: activity.data.startTime, endS: activity.data.endTime };

  /** A window that slides cannot be gone through: it stands still from here on. */
  function begin(index: number): void {
    const still = window ?? wholeSeconds(windowOf(range, Date.now() / 1000));
    const stepS = replay?.stepS ?? stepOf(still);
    go(
      { ...place, range: { kind: 'fixed', ...still }, replay: replayAt(still, stepS, index) },
      replay === null ? 'push' : 'replace',
    );
  }
  useReplayKeys(replay !== null, playback, (by) => {
    if (window !== null && replay !== null) begin(stepIndex(window, replay) + by);
  });
  return (
    <section className="time-bar" aria-label="Replay" data-active={replay !== null} data-testid="time-bar">
      <div className="time-controls">
        {replay === null || window === null ? (
          <button type="button" className="btn btn-small" data-testid="replay-start" onClick={() => begin(0)}>
            <IconPlayerPlayFilled size={12} aria-hidden />
            Replay
          </button>
        ) : (
          <ReplayControls {...{ place, window, replay, playback, begin }} />
        )}
      </div>
      <div className="time-track">
        <ActivityBars
          steps={steps}
          window={shown}
          mark={replay === null || window === null ? null : windowAt(window, replay)}
        />
        {replay === null || window === null ? null : (
          <input
            type="range"
            className="time-slider"
            aria-label="Moment of the replay"
            aria-valuetext={describeStep(window, replay, steps)}
            data-testid="replay-slider"
            min={0}
            max={stepCount(window, replay.stepS) - 1}
            value={stepIndex(window, replay)}
            onChange={(event) => {
              playback.stop();
              begin(Number(event.target.value));
            }}
          />
        )}
      </div>
      <TimeEnds window={replay === null || window === null ? shown : window} range={range} />
    </section>
  );
}

interface StepChoicesProps {
  readonly place: MapPlace;
  readonly window: TimeWindow;
  readonly replay: Replay;
  readonly playback: Playback;
}

interface ReplayControlsProps extends StepChoicesProps {
  readonly begin: (index: number) => void;
}

function ReplayControls({ place, window, replay, playback, begin }: ReplayControlsProps): ReactNode {
  const index = stepIndex(window, replay);
  const last = stepCount(window, replay.stepS) - 1;
  const { startS, endS } = windowAt(window, replay);
  const isOver = index === last && !playback.playing;
  function toggle(): void {
    if (isOver) begin(0);
    playback.toggle();
  }
  return (
    <>
      <div className="seg seg-small" role="group" aria-label="Replay">
        <button
          type="button"
          aria-label="One step back"
          title="One step back ( [ )"
          disabled={index === 0}
          onClick={() => begin(index - 1)}
        >
          <IconPlayerTrackPrevFilled size={13} />
        </button>
        <button
          type="button"
          aria-label={playback.playing ? 'Pause' : 'Play'}
          title={playback.playing ? 'Pause ( p )' : 'Play ( p )'}
          data-testid="replay-play"
          onClick={toggle}
        >
          {playback.playing ? <IconPlayerPauseFilled size={13} /> : <IconPlayerPlayFilled size={13} />}
        </button>
        <button
          type="button"
          aria-label="One step on"
          title="One step on ( ] )"
          data-testid="replay-next"
          disabled={index === last}
          onClick={() => begin(index + 1)}
        >
          <IconPlayerTrackNextFilled size={13} />
        </button>
      </div>
      <span className="time-now num" data-testid="replay-now">
        {formatClock(startS).slice(0, 8)}–{formatClock(endS).slice(0, 8)}
      </span>
      <StepChoices {...{ place, window, replay, playback }} />
      <button
        type="button"
        className="btn btn-small btn-quiet"
        data-testid="replay-end"
        aria-label="End the replay"
        title="Show the whole range again"
        onClick={() => go({ ...place, replay: null })}
      >
        <IconX size={13} aria-hidden />
        <span className="wide-only">End</span>
      </button>
    </>
  );
}

function StepChoices({ place, window, replay, playback }: StepChoicesProps): ReactNode {
  return (
    <>
      <label className="time-choice">
        <span className="sr-only">Length of a step</span>
        <select
          className="select"
          value={replay.stepS}
          onChange={(event) => {
            const stepS = Number(event.target.value);
            go({ ...place, replay: replayAt(window, stepS, stepIndex(window, { atS: replay.atS, stepS })) }, 'replace');
          }}
        >
          {[...new Set([...stepChoices(window), replay.stepS])].map((seconds) => (
            <option key={seconds} value={seconds}>
              {formatSpan(seconds)} steps
            </option>
          ))}
        </select>
      </label>
      <label className="time-choice">
        <span className="sr-only">Speed</span>
        <select
          className="select"
          value={playback.speed}
          onChange={(event) => playback.setSpeed(SPEEDS.find((speed) => speed === Number(event.target.value)) ?? 1)}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function TimeEnds({ window, range }: { readonly window: TimeWindow | null; readonly range: Range }): ReactNode {
  return (
    <div className="time-ends num" aria-hidden>
      <span>{window === null ? '' : formatClock(window.startS).slice(0, 8)}</span>
      <span>{range.kind === 'last' ? 'now' : window === null ? '' : formatClock(window.endS).slice(0, 8)}</span>
    </div>
  );
}

function useReplayKeys(active: boolean, playback: Playback, move: (by: number) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const isTyping =
      event.target instanceof HTMLElement &&
      event.target.closest('input:not([type="range"]), textarea, select') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '[') move(-1);
    else if (event.key === ']') move(1);
    else if (event.key === 'p') playback.toggle();
  });
  useEffect(() => {
    if (!active) return undefined;
    const listen = (event: KeyboardEvent): void => onKey(event);
    globalThis.addEventListener('keydown', listen);
    return () => globalThis.removeEventListener('keydown', listen);
  }, [active]);
}

function describeStep(window: TimeWindow, replay: Replay, steps: readonly ActivityStep[]): string {
  const { startS, endS } = windowAt(window, replay);
  const middle = (startS + endS) / 2 - window.startS;
  const step = steps[Math.floor((middle / (window.endS - window.startS)) * steps.length)];
  const requests =
    step === undefined ? '' : `, ${formatCount(step.ok + step.error + step.throttle + step.fault)} requests nearby`;
  return `${formatClock(startS).slice(0, 8)}, ${formatDuration(endS - startS)}${requests}`;
}

function wholeSeconds({ startS, endS }: TimeWindow): TimeWindow {
  return { startS: Math.floor(startS), endS: Math.floor(endS) };
}
