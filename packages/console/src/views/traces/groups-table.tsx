import type { FieldValue, TraceGroup, TraceGroups } from '@fluoroscope/api';
import { IconBulb, IconFilterPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { explain } from '../../differences/sets.ts';
import { type GroupColumn, sortGroups } from '../../summaries/groups.ts';
import { formatClock, formatCount, formatCountOf, formatDuration, formatShare, NO_VALUE } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { TracesPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { printTableSort, readTableSort, type TableSort } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { SortableHead } from '../../widgets/sortable-head.tsx';
import { fieldLabel } from './field-label.ts';

const TREND_WIDTH = 120;
const TREND_HEIGHT = 22;

const COLUMNS: readonly GroupColumn[] = ['value', 'count', 'share', 'fault', 'error', 'p50', 'p95', 'p99'];
const USUAL_SORT: TableSort<GroupColumn> = { column: 'count', descending: true };

interface GroupsTableProps {
  readonly by: string;
  /** What the groups are part of. */
  readonly place: TracesPlace;
  readonly answer: TraceGroups;
  readonly onPick: (filter: string) => void;
}

/** One line for each value of a field, over all traces that were looked at. */
export function GroupsTable({ by, place, answer, onPick }: GroupsTableProps): ReactNode {
  const sort = readTableSort(place.groupSort, COLUMNS, USUAL_SORT);
  const setSort = (next: TableSort<GroupColumn>): void => go({ ...place, groupSort: printTableSort(next) }, 'replace');
  const { groups, total } = answer;
  const sorted = sortGroups(groups, sort.column, sort.descending);
  const head: readonly (readonly [GroupColumn, string])[] = [
    ['value', fieldLabel(by)],
    ['count', 'Traces'],
    ['share', 'Share'],
    ['fault', 'Faults'],
    ['error', 'Errors'],
    ['p50', 'p50'],
    ['p95', 'p95'],
    ['p99', 'p99'],
  ];
  return (
    <div className="groups-scroll">
      <table className="groups" data-testid="groups" aria-label={`Traces by ${fieldLabel(by)}`}>
        <SortableHead head={head} sort={sort} onSort={setSort} textColumns={['value']} rest={['Trend']} />
        <tbody>
          {sorted.map((group) => (
            <GroupRow key={keyOf(group.value)} place={place} group={group} answer={answer} onPick={onPick} />
          ))}
        </tbody>
      </table>
      <p className="groups-foot muted num">{footOf(answer, total.count)}</p>
    </div>
  );
}

function keyOf({ text, type, filter }: FieldValue): string {
  return JSON.stringify([text, type ?? null, filter]);
}

function footOf({ groups, valueCount, othersCount }: TraceGroups, count: number): string {
  if (othersCount === 0) return formatCountOf(valueCount, 'group');
  return `The ${formatCount(groups.length)} largest of ${formatCount(valueCount)} groups; the others have ${formatShare(othersCount / Math.max(1, count))} of the traces`;
}

interface GroupRowProps {
  readonly place: TracesPlace;
  readonly group: TraceGroup;
  readonly answer: TraceGroups;
  readonly onPick: (filter: string) => void;
}

function GroupRow({ place, group, answer, onPick }: GroupRowProps): ReactNode {
  const { value, count, faultCount, errorCount, p50, p95, p99 } = group;
  const share = count / Math.max(1, answer.total.count);
  return (
    <tr>
      <th scope="row">
        <span className="group-cell">
          <GroupName value={value} onPick={onPick} />
          {value.filter === null ? null : (
            <PlaceLink
              to={explain(place.range, place.filter, { filter: value.filter, time: null })}
              className="btn btn-quiet btn-small btn-icon group-explain"
              testId={`explain-${value.text ?? ''}`}
              title="What sets these apart from the rest"
            >
              <IconBulb size={14} aria-hidden />
              <span className="sr-only">Explain {visible(value.text ?? 'none', 60)}</span>
            </PlaceLink>
          )}
        </span>
      </th>
      <td className="num">{formatCount(count)}</td>
      <td className="num share-cell">
        <span className="share-track" aria-hidden>
          <span className="share-fill" style={{ width: `${share * 100}%` }} />
        </span>
        {formatShare(share)}
      </td>
      <Rate count={faultCount} of={count} outcome="fault" />
      <Rate count={errorCount} of={count} outcome="error" />
      {[p50, p95, p99].map((seconds, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- the same three columns in each row
        <td className="num" key={at}>
          {formatDuration(seconds ?? undefined)}
        </td>
      ))}
      <td className="trend-cell">
        <Trend group={group} answer={answer} />
      </td>
    </tr>
  );
}

function GroupName({
  value,
  onPick,
}: {
  readonly value: FieldValue;
  readonly onPick: (filter: string) => void;
}): ReactNode {
  const { text, type, filter } = value;
  const name = text === null ? <em className="muted">none</em> : visible(text === '' ? '""' : text, 400);
  const rest = type === undefined ? null : <span className="muted group-type">{visible(type, 60)}</span>;
  if (filter === null) {
    return (
      <span className="clip group-name">
        {name} {rest}
      </span>
    );
  }
  return (
    <button
      type="button"
      className="group-name"
      title={visible(filter, 400)}
      data-testid={`group-${text ?? ''}`}
      onClick={() => onPick(filter)}
    >
      <span className="clip">
        {name} {rest}
      </span>
      <IconFilterPlus size={13} aria-hidden />
      <span className="sr-only">: add to the filter</span>
    </button>
  );
}

interface RateProps {
  readonly count: number;
  readonly of: number;
  readonly outcome: 'fault' | 'error';
}

function Rate({ count, of, outcome }: RateProps): ReactNode {
  return (
    <td className={`num ${count === 0 ? 'muted' : `rate o-${outcome}`}`}>
      {count === 0 ? NO_VALUE : formatShare(count / of)}
    </td>
  );
}

/** Traces over time, each group on a scale of its own: shapes are compared, not heights. */
function Trend({ group, answer }: { readonly group: TraceGroup; readonly answer: TraceGroups }): ReactNode {
  const { trend } = group;
  const most = Math.max(1, ...trend);
  const width = TREND_WIDTH / Math.max(1, trend.length);
  const peak = answer.startTime + trend.indexOf(most) * answer.stepSeconds;
  const unseen = answer.looked.complete
    ? 0
    : Math.floor((answer.looked.reachedTime - answer.startTime) / answer.stepSeconds);
  return (
    <svg
      width={TREND_WIDTH}
      height={TREND_HEIGHT}
      role="img"
      aria-label={`Most at ${formatClock(peak).slice(0, 8)}, ${formatCount(most)} in ${Math.round(answer.stepSeconds)} seconds`}
    >
      {unseen <= 0 ? null : <rect className="trend-unseen" width={unseen * width} height={TREND_HEIGHT} />}
      {trend.map((count, at) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * TREND_HEIGHT);
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
            key={at}
            className="trend-bar"
            x={at * width}
            width={Math.max(1, width - 1)}
            y={TREND_HEIGHT - height}
            height={height}
          />
        );
      })}
    </svg>
  );
}
