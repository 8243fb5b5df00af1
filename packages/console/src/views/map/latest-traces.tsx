import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { readTraceSummaries } from '../../http/operations.ts';
import { summaryRow, urlParts } from '../../summaries/row.ts';
import { formatAge, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { printRange, type Range, windowOf } from '../../url/range.ts';
import { HttpStatus, OutcomeIcon } from '../../widgets/outcome.tsx';
import { Bone } from '../../widgets/state.tsx';
import { useNow } from '../../widgets/use-now.ts';

const SHOWN_MAX = 8;
const REFRESH_MS = 5000;

export function LatestTraces({ filter, range }: { readonly filter: string; readonly range: Range }): ReactNode {
  const now = useNow(1000);
  const query = useQuery({
    queryKey: ['latest', filter, printRange(range)],
    queryFn: ({ signal }) => readTraceSummaries({ window: windowOf(range, Date.now() / 1000), filter }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: range.kind === 'last' ? REFRESH_MS : false,
  });
  if (query.isError) return <p className="notice o-fault">{query.error.message}</p>;
  if (query.data === undefined) return <Bone width="100%" height={120} />;
  const rows = (query.data.TraceSummaries ?? []).slice(0, SHOWN_MAX).map(summaryRow);
  if (rows.length === 0) return <p className="muted">None in this window.</p>;
  return (
    <ul className="latest">
      {rows.map((row) => (
        <li key={row.id}>
          <PlaceLink to={tracePlace(row.id)} className="latest-row" testId={`latest-${row.id}`}>
            <span className={`latest-outcome o-${row.outcome}`}>
              <OutcomeIcon outcome={row.outcome} size={12} />
            </span>
            <span className="clip">
              <span className="muted">{visible(row.method, 10)}</span>{' '}
              {visible(urlParts(row.url).path || row.entry, 120)}
            </span>
            <HttpStatus status={row.status} />
            <span className="num latest-time">{formatDuration(row.responseS ?? row.durationS)}</span>
            <span className="num muted latest-age">{formatAge(now - row.startS)}</span>
          </PlaceLink>
        </li>
      ))}
    </ul>
  );
}
