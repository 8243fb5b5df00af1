import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { describeCount, describePart, type Totals } from '../../differences/retrieved.ts';
import { splitGroup } from '../../filter/group.ts';
import { visible } from '../../text/visible.ts';
import type { AnalyticsPlace } from '../../url/analytics-place.ts';
import { go } from '../../url/use-place.ts';

interface RetrievedBarProps {
  readonly place: AnalyticsPlace;
  /** What the server said of the filter. */
  readonly refusal: string | null;
  /** Null: not known yet. */
  readonly totals: Totals | null;
}

/** What both sets are taken from: how many traces, by which filter, of what. */
export function RetrievedBar({ place, refusal, totals }: RetrievedBarProps): ReactNode {
  const { group, rest } = splitGroup(place.within);
  const isWhole = rest.trim() === '';
  const whole = group === null ? 'all traces of the time' : `the group ${visible(group, 40)}`;
  const part = totals === null ? null : describePart(totals);
  return (
    <section className="retrieved" aria-label="Retrieved traces" data-testid="retrieved">
      <span>
        Retrieved{' '}
        <b className="num" data-testid="retrieved-count">
          {totals === null ? '…' : describeCount(totals.retrieved ?? totals.group)}
        </b>{' '}
        {isWhole ? (
          <span className="muted">{whole}</span>
        ) : totals?.retrieved == null ? (
          <span className="muted">of {whole}</span>
        ) : (
          <span className="muted num">
            of {describeCount(totals.group)}, {whole}
            {part === null ? '' : ` (${part})`}
          </span>
        )}
      </span>
      {place.within === '' ? null : (
        <span className="chip" data-testid="within">
          <span className="muted">Both within</span>
          <code className="clip" title={visible(place.within, 2000)}>
            {visible(place.within, 300)}
          </code>
          <button type="button" aria-label="Leave out the filter for both" onClick={() => go({ ...place, within: '' })}>
            <IconX size={12} />
          </button>
        </span>
      )}
      <label className="check retrieved-show">
        <input
          type="checkbox"
          checked={place.totals}
          data-testid="show-total"
          onChange={(event) => go({ ...place, totals: event.target.checked }, 'replace')}
        />{' '}
        Show in the charts
        <span className="line-key" data-line="group">
          {group === null ? 'all traces' : 'group'}
        </span>
        {isWhole ? null : (
          <span className="line-key" data-line="retrieved">
            retrieved
          </span>
        )}
      </label>
      {refusal === null ? null : (
        <p className="notice o-error" role="alert">
          {visible(refusal, 600)}
        </p>
      )}
    </section>
  );
}
