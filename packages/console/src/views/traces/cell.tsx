import { IconTag } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { shortName } from '../../map/kind.ts';
import type { Column } from '../../summaries/columns.ts';
import { type SummaryRow, urlParts } from '../../summaries/row.ts';
import { formatAge, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { HttpStatus, OutcomeTag } from '../../widgets/outcome.tsx';

export interface CellProps {
  readonly row: SummaryRow;
  readonly column: Column;
  /** Seconds since 1970. */
  readonly now: number;
  /** Part of the track that the response time fills. */
  readonly bar: number;
}

const CHARS_MAX = 300;

/** What a column shows of a trace. */
export function Cell({ row, column, now, bar }: CellProps): ReactNode {
  switch (column.id) {
    case 'outcome':
      return (
        <>
          {row.partial ? <OutcomeTag outcome="pending" /> : null}
          {row.partial && row.outcome === 'ok' ? null : <OutcomeTag outcome={row.outcome} />}
        </>
      );
    case 'start':
      return <span title={formatDateTime(row.startS)}>{formatAge(now - row.startS)}</span>;
    case 'time':
      return formatDateTime(row.startS);
    case 'url':
      return <RequestLink row={row} />;
    case 'status':
      return <HttpStatus status={row.status} />;
    case 'response':
      return (
        <>
          <span className="bar-track" aria-hidden>
            <span className="bar-fill" style={{ width: `${bar * 100}%` }} />
          </span>
          {formatDuration(row.responseS)}
        </>
      );
    case 'duration':
      return formatDuration(row.durationS);
    case 'services':
      return <Services row={row} />;
    case 'annotations':
      return row.annotationCount === 0 ? null : (
        <span title={`${row.annotationCount} annotations`}>
          <IconTag size={12} aria-label="Annotations" /> {row.annotationCount}
        </span>
      );
    default: {
      const text = visible(String(column.key(row) ?? ''), CHARS_MAX);
      return <span title={text}>{text}</span>;
    }
  }
}

interface RequestLinkProps {
  readonly row: SummaryRow;
  /** It is to be clicked and read out, but another column is seen in its place. */
  readonly isUnseen?: boolean;
}

/** Opens the trace; fills the row, so that a click anywhere does. */
export function RequestLink({ row, isUnseen = false }: RequestLinkProps): ReactNode {
  const { host, path } = urlParts(row.url);
  const common = { to: tracePlace(row.id), testId: `trace-${row.id}`, title: visible(row.url) };
  const request = visible(path || row.entry || row.id);
  if (isUnseen) {
    return (
      <PlaceLink {...common} className="row-link row-link-only">
        <span className="sr-only">
          {visible(row.method, 10)} {request}
        </span>
      </PlaceLink>
    );
  }
  return (
    <PlaceLink {...common} className="row-link">
      <span className="method">{visible(row.method, 10)}</span> {request}
      {host === '' ? null : <span className="muted host">{visible(host, 80)}</span>}
    </PlaceLink>
  );
}

function Services({ row }: { readonly row: SummaryRow }): ReactNode {
  const services = row.services.map((name) => visible(shortName(name, null), 60));
  return (
    <span title={services.join(', ')}>
      <span className="num service-count">{services.length}</span>
      <span className="muted">{services.slice(0, 4).join(', ')}</span>
    </span>
  );
}
