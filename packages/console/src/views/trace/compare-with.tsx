import { Popover } from '@mantine/core';
import { parseTraceIdAnySpelling } from '@fluoroscope/model';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { readTraceSummaries } from '../../http/operations.ts';
import { summaryRow, urlParts } from '../../summaries/row.ts';
import { formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { LIKENESS_SECONDS, likeFilter, offersOf } from '../../trace/like-trace.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';
import { HttpStatus, OutcomeIcon } from '../../widgets/outcome.tsx';
import { Bone } from '../../widgets/state.tsx';

interface CompareWithProps {
  readonly traceId: string;
  readonly plan: TracePlan;
}

/** Chooses the trace beside which this one is put. */
export function CompareWith({ traceId, plan }: CompareWithProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const other = parseTraceIdAnySpelling(text);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (other.ok) go({ page: 'compare', a: traceId, b: other.value });
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-label="Compare"
          title="Compare with another trace"
          onClick={() => setOpen((was) => !was)}
          data-testid="compare-with"
        >
          <IconArrowsDiff size={15} aria-hidden />
          <span className="wide-only">Compare</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Compare with another trace">
        <form className="pop pop-wide" onSubmit={submit} aria-label="Compare with another trace">
          <h2>Compare with another trace</h2>
          <label className="form-row">
            Trace id, in any spelling
            <input
              className="field mono"
              value={text}
              onChange={(event) => setText(event.target.value)}
              aria-invalid={text !== '' && !other.ok}
              data-testid="compare-id"
            />
          </label>
          <button type="submit" className="btn btn-primary" disabled={!other.ok}>
            Compare
          </button>
          {isOpen && plan.count > 0 ? <Offers traceId={traceId} plan={plan} /> : null}
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The same request at about that time, first where it went otherwise. */
function Offers({ traceId, plan }: CompareWithProps): ReactNode {
  const startS = plan.startUs / 1e6;
  const filter = likeFilter(plan);
  const query = useQuery({
    queryKey: ['like', traceId, filter],
    queryFn: ({ signal }) => {
      const window = { startS: startS - LIKENESS_SECONDS, endS: startS + LIKENESS_SECONDS };
      return readTraceSummaries({ window, filter }, signal);
    },
  });
  if (query.isError) return <p className="notice o-fault">{query.error.message}</p>;
  if (query.data === undefined) return <Bone width="100%" height={120} />;
  const offers = offersOf((query.data.TraceSummaries ?? []).map(summaryRow), traceId, plan);
  if (offers.length === 0)
    return <p className="muted">No other trace of this request within half an hour. Paste an id above.</p>;
  return (
    <>
      <p className="muted">The same request, around that time</p>
      <ul className="latest">
        {offers.map((row) => (
          <li key={row.id}>
            <PlaceLink
              to={{ page: 'compare', a: traceId, b: row.id }}
              className="latest-row"
              testId={`compare-${row.id}`}
              title={formatDateTime(row.startS)}
            >
              <span className={`latest-outcome o-${row.outcome}`}>
                <OutcomeIcon outcome={row.outcome} size={12} />
              </span>
              <span className="clip">{visible(urlParts(row.url).path || row.entry, 120)}</span>
              <HttpStatus status={row.status} />
              <span className="num latest-time">{formatDuration(row.responseS ?? row.durationS)}</span>
              <span className="num muted latest-age">{formatDateTime(row.startS).slice(11, 19)}</span>
            </PlaceLink>
          </li>
        ))}
      </ul>
    </>
  );
}
