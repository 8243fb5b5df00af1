import { parseTraceId, toW3cTraceId } from '@fluoroscope/model';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { urlParts } from '../../summaries/row.ts';
import { formatAge, formatCount, formatCountOf, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { detailOfRow, nameOfRow, outcomeOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { HttpStatus, OutcomeTag } from '../../widgets/outcome.tsx';
import { useNow } from '../../widgets/use-now.ts';

interface TraceHeaderProps {
  readonly traceId: string;
  readonly plan: TracePlan;
}

export function TraceHeader({ traceId, plan }: TraceHeaderProps): ReactNode {
  const now = useNow(1000);
  const startS = plan.startUs / 1e6;
  const hasRoot = plan.count > 0;
  const name = hasRoot ? nameOfRow(plan, 0) : '';
  const outcome = hasRoot ? outcomeOfRow(plan, 0) : 'pending';
  const status = plan.status[0] ?? 0;
  const { method, path } = requestOf(hasRoot ? detailOfRow(plan, 0) : '');
  const figures: readonly (readonly [string, ReactNode])[] = [
    ['HTTP', <HttpStatus key="status" status={status === 0 ? undefined : status} />],
    ['Response time', outcome === 'pending' ? 'pending' : formatDuration((plan.length[0] ?? 0) / 1e6)],
    ['Duration', formatDuration(plan.lengthUs / 1e6)],
    [
      'Started',
      <span key="age" title={formatDateTime(startS)}>
        {formatAge(now - startS)}
      </span>,
    ],
    ['Entry', visible(name || '–', 48)],
    ['Segments', `${formatCount(plan.segmentCount)} · ${formatCountOf(plan.count, 'row')}`],
  ];
  return (
    <header className="trace-head">
      <div className="trace-title">
        {hasRoot ? <OutcomeTag outcome={outcome} /> : null}
        <h1 className="clip" title={visible(path || name)}>
          {method === '' ? null : <span className="method">{visible(method, 10)}</span>}{' '}
          {visible(urlParts(path).path || name || 'Trace', 160)}
        </h1>
        <span className="trace-id mono">
          <span className="clip" data-testid="trace-id">
            {traceId}
          </span>
          <CopyButton text={() => traceId} label="Copy the trace id" />
          <CopyButton text={() => w3cOf(traceId)} label="Copy as W3C trace id" word="W3C" />
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
      <Notices plan={plan} />
    </header>
  );
}

function Notices({ plan }: { readonly plan: TracePlan }): ReactNode {
  return (
    <>
      {plan.pendingCount > 0 ? (
        <p className="notice o-error" data-testid="partial">
          <IconAlertCircle size={15} aria-hidden /> This trace is partial: {formatCount(plan.pendingCount)}{' '}
          {plan.pendingCount === 1 ? 'row is' : 'rows are'} still in progress. The page looks again by itself.
        </p>
      ) : null}
      {plan.asSent ? (
        <p className="notice">
          <IconAlertCircle size={15} aria-hidden /> A trace of this size is shown as it was sent: services that sent
          nothing themselves are not inferred.
        </p>
      ) : null}
      {plan.leftOutCount > 0 ? (
        <p className="notice o-error">
          <IconAlertCircle size={15} aria-hidden /> {formatCount(plan.leftOutCount)} more rows are left out: a browser
          does not hold them.
        </p>
      ) : null}
    </>
  );
}

/** An outline's detail of a request is `METHOD path`. */
function requestOf(detail: string): { readonly method: string; readonly path: string } {
  const match = /^([A-Z]+) (.*)$/.exec(detail);
  return { method: match?.[1] ?? '', path: match?.[2] ?? detail };
}

function w3cOf(id: string): string {
  const parsed = parseTraceId(id);
  return parsed.ok ? toW3cTraceId(parsed.value) : id;
}
