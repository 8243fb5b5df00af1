import type { ActivityStep } from '@fluoroscope/api';
import { memo, type ReactNode } from 'react';
import { OUTCOME_LABEL, type SettledOutcome } from '../../map/shares.ts';
import { formatClock, formatCount } from '../../text/format.ts';
import type { TimeWindow } from '../../url/range.ts';

/** Drawn in a box of this height, and as many units wide as there are steps. */
const HEIGHT = 32;
const STACK: readonly SettledOutcome[] = ['fault', 'throttle', 'error', 'ok'];
/** A rare fault must stay visible. */
const PART_HEIGHT_MIN = 2;

interface ActivityBarsProps {
  readonly steps: readonly ActivityStep[];
  readonly window: TimeWindow | null;
  /** What a replay shows. */
  readonly mark: TimeWindow | null;
}

/** A bar for each period: requests from clients, failures at the bottom. */
export const ActivityBars = memo(function ActivityBars({ steps, window, mark }: ActivityBarsProps): ReactNode {
  const most = steps.reduce((max, step) => Math.max(max, totalOf(step)), 1);
  const count = Math.max(1, steps.length);
  const place = (seconds: number): number =>
    window === null ? 0 : ((seconds - window.startS) / (window.endS - window.startS)) * count;
  return (
    <svg
      className="activity"
      viewBox={`0 0 ${count} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={describe(steps, window)}
    >
      {mark === null ? null : (
        <rect
          className="activity-mark"
          x={place(mark.startS)}
          y={0}
          width={place(mark.endS) - place(mark.startS)}
          height={HEIGHT}
        />
      )}
      {steps.map((step, at) => {
        let y = HEIGHT;
        return STACK.map((outcome) => {
          if (step[outcome] === 0) return null;
          const height = Math.max(PART_HEIGHT_MIN, (step[outcome] / most) * (HEIGHT - 4));
          y -= height;
          return (
            <rect
              key={outcome + at}
              className={`activity-bar o-${outcome}`}
              x={at + 0.12}
              y={y}
              width={0.76}
              height={height}
            />
          );
        });
      })}
    </svg>
  );
});

function totalOf({ ok, error, throttle, fault }: ActivityStep): number {
  return ok + error + throttle + fault;
}

function describe(steps: readonly ActivityStep[], window: TimeWindow | null): string {
  if (window === null) return 'Requests over the range';
  const parts = STACK.toReversed().map((outcome) => {
    const sum = steps.reduce((all, step) => all + step[outcome], 0);
    return `${formatCount(sum)} ${OUTCOME_LABEL[outcome]}`;
  });
  return `Requests from ${formatClock(window.startS).slice(0, 8)} to ${formatClock(window.endS).slice(0, 8)}: ${parts.join(', ')}`;
}
