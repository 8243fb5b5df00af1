import type { TraceGroups } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import type { SummaryRow } from '../../summaries/row.ts';
import type { TracesPlace } from '../../url/place.ts';
import type { TimeWindow } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { Distribution } from './distribution.tsx';
import { Scatter } from './scatter.tsx';
import type { SelectionState } from './use-selection.ts';

interface OverviewProps {
  readonly place: TracesPlace;
  readonly rows: readonly SummaryRow[];
  readonly window: TimeWindow;
  /** No older traces are left to load. */
  readonly complete: boolean;
  readonly answer: TraceGroups | undefined;
  readonly selected: SelectionState;
  /** Of groups a narrow screen shows the response times alone. */
  readonly isGrouped: boolean;
}

const CHARTS = [
  ['scatter', 'Over time'],
  ['times', 'Response times'],
] as const;

/** Both charts, or on a narrow screen one of them and the way to the other. */
export function Overview({ place, rows, window, complete, answer, selected, isGrouped }: OverviewProps): ReactNode {
  const { chart } = place;
  return (
    <div className="overview" data-grouped={isGrouped} data-chart={isGrouped ? 'times' : chart}>
      {isGrouped ? null : (
        <div className="seg overview-seg" role="group" aria-label="Chart">
          {CHARTS.map(([id, label]) => (
            <button
              key={id}
              type="button"
              aria-pressed={chart === id}
              data-testid={`chart-${id}`}
              onClick={() => go({ ...place, chart: id }, 'replace')}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      <Scatter rows={rows} window={window} complete={complete} selected={selected} />
      <Distribution answer={answer} band={selected.selection.band} onBand={selected.setBand} />
    </div>
  );
}
