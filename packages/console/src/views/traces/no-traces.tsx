import { IconListSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Searched } from '../../summaries/searched.ts';
import type { TracesPlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { Bone, State } from '../../widgets/state.tsx';
import { SearchProgress } from './search-progress.tsx';

interface NoTracesProps {
  readonly place: TracesPlace;
  /** Null: these cannot be followed. */
  readonly onTail: (() => void) | null;
}

export function NoTraces({ place, onTail }: NoTracesProps): ReactNode {
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
      {onTail === null ? null : (
        <button type="button" className="btn" data-testid="tail" onClick={onTail}>
          Wait for new ones
        </button>
      )}
    </State>
  );
}

/** In the place of the charts and the list, or, `ofList`, of the list alone. */
export function TracesSkeleton({
  ofList = false,
  searched,
}: {
  readonly ofList?: boolean;
  /** Absent: nothing is searched page by page. */
  readonly searched?: Searched;
}): ReactNode {
  return (
    <div
      className="traces-skeleton"
      data-of-list={ofList}
      role="status"
      aria-label="Loading traces"
      data-testid="loading"
    >
      {ofList ? null : <Bone width="100%" height={96} />}
      {searched === undefined ? null : <SearchProgress searched={searched} />}
      {Array.from({ length: 14 }, (_, index) => (
        <Bone key={index} width={`${92 - ((index * 13) % 30)}%`} height={14} />
      ))}
    </div>
  );
}
