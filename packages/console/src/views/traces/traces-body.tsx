import { type ReactNode, useMemo } from 'react';
import { andFilter } from '../../filter/builder.ts';
import { isCause, sortRows } from '../../summaries/columns.ts';
import { groupsTable, printCsv, printJson } from '../../summaries/export.ts';
import type { SummaryRow } from '../../summaries/row.ts';
import { isSelected } from '../../summaries/selection.ts';
import type { Tail } from '../../summaries/tail.ts';
import { formatCount } from '../../text/format.ts';
import type { TracesPlace } from '../../url/place.ts';
import { type TimeWindow, windowOf } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { Failure } from '../../widgets/state.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportMenu, TracesExportMenu } from './export-menu.tsx';
import { GroupsTable } from './groups-table.tsx';
import { TracesSkeleton } from './no-traces.tsx';
import { Overview } from './overview.tsx';
import { saveFile } from './save-file.ts';
import { TracesFoot, useLoadAll } from './traces-foot.tsx';
import { TracesTable } from './traces-table.tsx';
import { useColumns } from './use-columns.ts';
import { useExport } from './use-export.ts';
import { useGroups } from './use-groups.ts';
import type { Ticks } from './use-ticks.ts';
import { type SelectionState, useSelection } from './use-selection.ts';
import type { TailedTraces } from './use-tail.ts';
import type { LiveTraces } from './use-traces.ts';
import { ViewBar } from './view-bar.tsx';

interface TracesBodyProps {
  readonly place: TracesPlace;
  readonly traces: LiveTraces;
  readonly window: TimeWindow;
  /** Null: the list is not followed. */
  readonly tailed: TailedTraces | null;
  /** Null: it cannot be. */
  readonly onTail: (() => void) | null;
  /** Somebody reads, or does no more. */
  readonly onHeld: (held: boolean) => void;
  readonly isLive: boolean;
  readonly ticks: Ticks;
}

/** The charts, the bar below, and the list or its groups. */
export function TracesBody(props: TracesBodyProps): ReactNode {
  const { place, traces, tailed, onTail, isLive } = props;
  const groups = useGroups(place, isLive);
  const selected = useSelection(place);
  const choice = useColumns(place);
  const running = useExport();
  const rows = useShownRows(props);
  const isTailed = tailed !== null;
  const window = useMemo(
    () => (isTailed && rows.length > 0 ? windowOf(place.range, newestStart(rows)) : props.window),
    [isTailed, rows, props.window, place.range],
  );
  const selectedCount = useSelectedCount(rows, selected);
  const expectedCount = groups.data?.looked.matchingCount ?? null;
  return (
    <>
      <Overview
        place={place}
        {...{ rows, window, selected }}
        answer={groups.data}
        complete={!traces.query.hasNextPage}
        isGrouped={place.by !== ''}
      />
      <ViewBar
        place={place}
        answer={groups.data}
        selected={selected}
        selectedCount={selectedCount}
        tail={onTail === null ? null : { isOn: tailed !== null, toggle: onTail, said: saidOf(tailed?.tail) }}
        searched={place.by === '' && !isTailed ? traces.searched : null}
      >
        {place.by === '' ? (
          <>
            <ColumnsMenu
              shown={choice.ids}
              annotationKeys={groups.data?.annotationKeys ?? []}
              onChange={choice.choose}
            />
            <TracesExportMenu
              running={running}
              expectedCount={expectedCount}
              onExport={(kind) =>
                running.start({ kind, window: props.window, filter: place.filter, columns: choice.columns })
              }
            />
          </>
        ) : (
          <ExportMenu
            name="groups"
            extent="as shown"
            onExport={(kind) => {
              const table = groupsTable(groups.data?.groups ?? []);
              const text = kind === 'csv' ? printCsv(table) : printJson(table);
              saveFile(`groups.${kind}`, new Blob([text], { type: kind === 'csv' ? 'text/csv' : 'application/json' }));
            }}
          />
        )}
      </ViewBar>
      {place.by === '' ? (
        <List {...props} rows={rows} columns={choice.columns} expectedCount={expectedCount} />
      ) : (
        <Groups place={place} groups={groups} />
      )}
    </>
  );
}

interface ListProps extends TracesBodyProps {
  readonly rows: readonly SummaryRow[];
  readonly columns: ReturnType<typeof useColumns>['columns'];
  readonly expectedCount: number | null;
}

function List({ place, traces, tailed, onHeld, rows, columns, expectedCount, ticks }: ListProps): ReactNode {
  const { query } = traces;
  const all = useLoadAll(query);
  return (
    <TracesTable
      rows={rows}
      columns={columns}
      sort={tailed === null ? { id: place.sort, descending: place.descending } : null}
      onSort={(sort, descending) => go({ ...place, sort, descending }, 'replace')}
      onNearEnd={() => {
        if (tailed === null && query.hasNextPage && !query.isFetching) void query.fetchNextPage();
      }}
      onShown={(shown) => {
        if (columns.some(isCause)) tailed?.completeCauses(shown);
      }}
      onHeld={onHeld}
      ticks={ticks}
      footer={
        tailed === null ? (
          <TracesFoot
            traces={traces}
            all={all}
            count={rows.length}
            expectedCount={expectedCount}
            isExact={place.range.kind === 'fixed'}
          />
        ) : null
      }
      waiting={{
        count: tailed?.tail.waiting.length ?? 0,
        show: () => tailed?.release(),
      }}
    />
  );
}

/** What arrives last may have begun before. */
function newestStart(rows: readonly SummaryRow[]): number {
  return rows.reduce((newest, { startS }) => Math.max(newest, startS), 0);
}

/** As they arrive while the list is followed, else sorted. */
function useShownRows({ place, traces, tailed }: TracesBodyProps): readonly SummaryRow[] {
  const sorted = useMemo(
    () => sortRows(traces.rows, place.sort, place.descending),
    [traces.rows, place.sort, place.descending],
  );
  const newestFirst = useMemo(() => sortRows(traces.rows, 'start', true), [traces.rows]);
  if (tailed === null) return sorted;
  return tailed.tail.rows.length === 0 ? newestFirst : tailed.tail.rows;
}

function useSelectedCount(rows: readonly SummaryRow[], { selection, isEmpty }: SelectionState): number {
  return useMemo(
    () => (isEmpty ? 0 : rows.reduce((count, row) => count + Number(isSelected(row, selection)), 0)),
    [rows, selection, isEmpty],
  );
}

function saidOf(tail: Tail | undefined): string {
  if (tail === undefined) return '';
  const { passedCount, hasMore } = tail;
  if (passedCount === 0 && !hasMore) return 'New traces appear on top';
  return `${hasMore ? 'More than ' : ''}${formatCount(passedCount)} not shown: they come too fast. Narrow the filter`;
}

interface GroupsProps {
  readonly place: TracesPlace;
  readonly groups: ReturnType<typeof useGroups>;
}

function Groups({ place, groups }: GroupsProps): ReactNode {
  const { data, isError, error, refetch, isPlaceholderData } = groups;
  if (isError && data === undefined) {
    return <Failure title="Traces cannot be grouped" error={error} retry={() => void refetch()} />;
  }
  if (data === undefined) return <TracesSkeleton ofList />;
  return (
    <div className="groups-pane" aria-busy={isPlaceholderData}>
      <GroupsTable
        by={place.by}
        place={place}
        answer={data}
        onPick={(filter) => go({ ...place, filter: andFilter(place.filter, filter), by: '' })}
      />
    </div>
  );
}
