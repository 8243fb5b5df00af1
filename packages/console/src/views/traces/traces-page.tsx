import { IconListSearch } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { ConsoleError } from '../../http/request.ts';
import { type Sort, sortOf, sortRows, type SummaryRow } from '../../summaries/row.ts';
import { andFilter } from '../../filter/builder.ts';
import type { Band } from '../../map/band.ts';
import { formatCount } from '../../text/format.ts';
import type { TracesPlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { LiveBadge } from '../../widgets/live-badge.tsx';
import { RangePicker } from '../../widgets/range-picker.tsx';
import { Bone, Failure, State } from '../../widgets/state.tsx';
import { Distribution } from './distribution.tsx';
import { FilterBox } from './filter-box.tsx';
import { GroupsTable } from './groups-table.tsx';
import { Scatter } from './scatter.tsx';
import { TracesTable } from './traces-table.tsx';
import { useGroups } from './use-groups.ts';
import { type LiveTraces, ROWS_MAX, useTraces } from './use-traces.ts';
import { ViewBar } from './view-bar.tsx';

export function TracesPage({ place }: { readonly place: TracesPlace }): ReactNode {
  const [paused, setPaused] = useState(false);
  const traces = useTraces(place, paused);
  const { query } = traces;
  const refusal = query.error instanceof ConsoleError && query.error.code === 'refused' ? query.error.message : null;
  const sort = sortOf(place.sort);
  const rows = useMemo(() => sortRows(traces.rows, sort, place.descending), [traces.rows, sort, place.descending]);
  return (
    <div className="traces-page">
      <h1 className="sr-only">Traces</h1>
      <div className="toolbar toolbar-filter">
        <FilterBox
          range={place.range}
          filter={place.filter}
          refusal={refusal}
          onRun={(filter) => (filter === place.filter ? void query.refetch() : go({ ...place, filter }))}
        />
        <div className="toolbar-side">
          <RangePicker range={place.range} onChange={(range) => go({ ...place, range })} />
          {place.range.kind === 'last' ? (
            <LiveBadge
              state={traces.live}
              error={query.error}
              updatedAtMs={query.dataUpdatedAt}
              onToggle={() => setPaused(!paused)}
            />
          ) : null}
        </div>
      </div>
      <TracesBody traces={traces} rows={rows} place={place} sort={sort} refused={refusal !== null} live={!paused} />
    </div>
  );
}

interface TracesBodyProps {
  readonly traces: LiveTraces;
  readonly rows: readonly SummaryRow[];
  readonly place: TracesPlace;
  readonly sort: Sort;
  readonly refused: boolean;
  readonly live: boolean;
}

function TracesBody({ traces, rows, place, sort, refused, live }: TracesBodyProps): ReactNode {
  const { query, window } = traces;
  const groups = useGroups(place, live && !refused);
  const [band, setBand] = useState<Band | null>(null);
  if (query.isError && !refused && query.data === undefined) {
    return <Failure title="Traces cannot be shown" error={query.error} retry={() => void query.refetch()} />;
  }
  if (refused) {
    return (
      <State icon={<IconListSearch size={24} stroke={1.6} />} title="This filter cannot be read">
        <p>Correct the expression above, or choose one of the examples beside it.</p>
        <button type="button" className="btn" onClick={() => go({ ...place, filter: '' })}>
          Clear the filter
        </button>
      </State>
    );
  }
  if (query.data === undefined || window === undefined) return <TracesSkeleton />;
  if (rows.length === 0 && !query.isFetching) return <NoTraces place={place} />;
  return (
    <>
      <div className="overview" data-grouped={place.by !== ''}>
        <Scatter rows={rows} window={window} complete={!query.hasNextPage} />
        <Distribution answer={groups.data} band={band} onBand={setBand} />
      </div>
      <ViewBar place={place} rows={rows} answer={groups.data} band={band} onBandUsed={() => setBand(null)} />
      {place.by === '' ? (
        <TracesTable
          rows={rows}
          sort={sort}
          descending={place.descending}
          onSort={(next, descending) => go({ ...place, sort: next, descending }, 'replace')}
          footer={<Footer traces={traces} count={rows.length} />}
        />
      ) : (
        <Groups place={place} groups={groups} />
      )}
    </>
  );
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
  if (data === undefined) return <TracesSkeleton />;
  return (
    <div className="groups-pane" aria-busy={isPlaceholderData}>
      <GroupsTable
        by={place.by}
        answer={data}
        onPick={(filter) => go({ ...place, filter: andFilter(place.filter, filter), by: '' })}
      />
    </div>
  );
}

function Footer({ traces, count }: { readonly traces: LiveTraces; readonly count: number }): ReactNode {
  const { query } = traces;
  const more = query.hasNextPage;
  return (
    <div className="traces-foot num">
      <span>
        {formatCount(count)} {count === 1 ? 'trace' : 'traces'}
        {more
          ? ' loaded'
          : count >= ROWS_MAX
            ? ' (the most that is listed; narrow the filter or the time)'
            : ', all of this window'}
      </span>
      {more ? (
        <button
          type="button"
          className="btn btn-small"
          data-testid="load-more"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? 'Loading…' : 'Load more'}
        </button>
      ) : null}
    </div>
  );
}

function NoTraces({ place }: { readonly place: TracesPlace }): ReactNode {
  return (
    <State icon={<IconListSearch size={24} stroke={1.6} />} title="No traces here" testId="empty-traces">
      <p>
        {place.filter === '' ? 'Nothing was recorded in this window.' : 'Nothing in this window matches the filter.'}
      </p>
      {place.range.kind === 'last' && place.range.seconds < 3600 ? (
        <button type="button" className="btn" onClick={() => go({ ...place, range: { kind: 'last', seconds: 3600 } })}>
          Look at the last hour
        </button>
      ) : null}
    </State>
  );
}

function TracesSkeleton(): ReactNode {
  return (
    <div className="traces-skeleton" role="status" aria-label="Loading traces" data-testid="loading">
      <Bone width="100%" height={96} />
      {Array.from({ length: 14 }, (_, index) => (
        <Bone key={index} width={`${92 - ((index * 13) % 30)}%`} height={14} />
      ))}
    </div>
  );
}
