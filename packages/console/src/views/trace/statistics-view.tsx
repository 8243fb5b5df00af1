import { type ReactNode, useMemo } from 'react';
import { formatCount, formatCountOf, formatDuration, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { sortStatistics, type SpanStatistics, spanStatistics, type StatisticsSort } from '../../trace/statistics.ts';
import { idOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { printTableSort, readTableSort, type TableSort } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { SortHead } from './sort-head.tsx';

interface StatisticsViewProps {
  readonly place: TracePlace;
  readonly plan: TracePlan;
  /** With the id of the row that took longest. */
  readonly onChoose: (id: string) => void;
}

const COLUMNS: readonly (readonly [StatisticsSort, string])[] = [
  ['service', 'Service and name'],
  ['count', 'Count'],
  ['totalUs', 'Total'],
  ['selfUs', 'Own time'],
  ['averageUs', 'Average'],
  ['maxUs', 'Longest'],
  ['failedCount', 'Errors'],
];

/** Lines shown: a page of more is no table to read. */
const LINES_MAX = 1000;

const SORTS = COLUMNS.map(([column]) => column);
const USUAL_SORT: TableSort<StatisticsSort> = { column: 'selfUs', descending: true };

export function StatisticsView({ place, plan, onChoose }: StatisticsViewProps): ReactNode {
  const { by } = place;
  const sort = readTableSort(place.sort, SORTS, USUAL_SORT);
  const setSort = (next: TableSort<string>): void => go({ ...place, sort: printTableSort(next) }, 'replace');
  const lines = useMemo(() => spanStatistics(plan, by), [plan, by]);
  const sorted = useMemo(
    () => sortStatistics(lines, sort.column, sort.descending),
    [lines, sort.column, sort.descending],
  );
  const selfUs = useMemo(() => lines.reduce((sum, line) => sum + line.selfUs, 0), [lines]);
  return (
    <div className="table-view" data-testid="statistics">
      <div className="table-tools">
        <div className="seg" role="group" aria-label="Lines">
          {(['name', 'service'] as const).map((choice) => (
            <button
              key={choice}
              type="button"
              aria-pressed={by === choice}
              onClick={() => go({ ...place, by: choice }, 'replace')}
            >
              {choice === 'name' ? 'By service and name' : 'By service'}
            </button>
          ))}
        </div>
        <span className="muted num">{formatCountOf(lines.length, 'line')}</span>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Statistics">
        <table className="plain-table">
          <thead>
            <tr>
              {COLUMNS.map(([column, label]) => (
                <SortHead key={column} {...{ column, label, sort, onSort: setSort, isText: column === 'service' }} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, LINES_MAX).map((line) => (
              <Line
                key={`${line.service} ${line.name}`}
                line={line}
                share={selfUs > 0 ? line.selfUs / selfUs : 0}
                onChoose={() => onChoose(idOfRow(plan, line.longestRow))}
              />
            ))}
          </tbody>
        </table>
        {sorted.length > LINES_MAX ? (
          <p className="muted table-more">and {formatCount(sorted.length - LINES_MAX)} more lines</p>
        ) : null}
      </div>
    </div>
  );
}

interface LineProps {
  readonly line: SpanStatistics;
  readonly share: number;
  readonly onChoose: () => void;
}

function Line({ line, share, onChoose }: LineProps): ReactNode {
  const duration = (us: number): string => formatDuration(us / 1e6);
  return (
    <tr>
      <th scope="row">
        <b>{visible(line.service, 80)}</b> {line.name === '' ? null : <span>{visible(line.name, 120)}</span>}
      </th>
      <td className="num">{formatCount(line.count)}</td>
      <td className="num">{duration(line.totalUs)}</td>
      <td className="num own-time">
        <span className="own-share" style={{ width: `${share * 100}%` }} />
        <span>
          {duration(line.selfUs)} <span className="muted">{formatShare(share)}</span>
        </span>
      </td>
      <td className="num">{duration(line.averageUs)}</td>
      <td className="num">
        <button type="button" className="linkish" onClick={onChoose} title="Show the longest one">
          {duration(line.maxUs)}
        </button>
      </td>
      <td className={`num ${line.failedCount > 0 ? 'bad-count' : 'muted'}`}>{formatCount(line.failedCount)}</td>
    </tr>
  );
}
