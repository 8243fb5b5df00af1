import type { Trace } from '@fluoroscope/api';
import { parseTraceId, toW3cTraceId } from '@fluoroscope/model';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { typeLabel } from '../../map/kind.ts';
import { urlParts } from '../../summaries/row.ts';
import type { Timeline } from '../../trace/timeline.ts';
import { formatAge, formatCount, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { HttpStatus, OutcomeTag } from '../../widgets/outcome.tsx';
import { useNow } from '../../widgets/use-now.ts';

interface TraceHeaderProps {
  readonly trace: Trace;
  readonly timeline: Timeline;
  readonly pending: boolean;
}

export function TraceHeader({ trace, timeline, pending }: TraceHeaderProps): ReactNode {
  const now = useNow(1000);
  const root = timeline.rows[0]?.entity;
  const id = trace.Id ?? '';
  const { host, path } = urlParts(root?.url ?? '');
  const segments = timeline.rows.filter((row) => row.entity.isSegment).length;
  const responseS = root?.endS === undefined ? undefined : root.endS - root.startS;
  const figures: readonly (readonly [string, ReactNode])[] = [
    ['HTTP', <HttpStatus key="status" status={root?.status} />],
    ['Response time', formatDuration(responseS)],
    ['Duration', formatDuration(trace.Duration ?? timeline.lengthS)],
    [
      'Started',
      <span key="age" title={formatDateTime(timeline.startS)}>
        {formatAge(now - timeline.startS)}
      </span>,
    ],
    [
      'Entry',
      <span key="entry" title={typeLabel(root?.origin ?? null)}>
        {visible(root?.name ?? '–', 48)}
      </span>,
    ],
    ['Segments', `${formatCount(segments)} · ${formatCount(timeline.rows.length)} rows`],
  ];
  return (
    <header className="trace-head">
      <div className="trace-title">
        {root === undefined ? null : <OutcomeTag outcome={root.outcome} />}
        <h1 className="clip" title={visible(root?.url ?? root?.name ?? '')}>
          {root?.method === undefined ? null : <span className="method">{visible(root.method, 10)}</span>}{' '}
          {visible(path || root?.name || 'Trace', 160)} <span className="muted host">{visible(host, 80)}</span>
        </h1>
        <span className="trace-id mono">
          <span className="clip" data-testid="trace-id">
            {id}
          </span>
          <CopyButton text={() => id} label="Copy the trace id" />
          <CopyButton text={() => w3cOf(id)} label="Copy as W3C trace id" word="W3C" />
        </span>
      </div>
      <dl className="trace-figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {pending ? (
        <p className="notice o-error" data-testid="partial">
          <IconAlertCircle size={15} aria-hidden /> This trace is partial: at least one segment is still in progress.
          The page looks again by itself.
        </p>
      ) : null}
      {trace.LimitExceeded === true ? (
        <p className="notice o-error">
          <IconAlertCircle size={15} aria-hidden /> This trace reached its size limit; later documents are missing.
        </p>
      ) : null}
    </header>
  );
}

function w3cOf(id: string): string {
  const parsed = parseTraceId(id);
  return parsed.ok ? toW3cTraceId(parsed.value) : id;
}
