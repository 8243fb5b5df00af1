import type { ComparedSet } from '@fluoroscope/api';
import { IconClock, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { describeSet } from '../../differences/describe.ts';
import type { Side } from '../../differences/sets.ts';
import { formatClock, formatCount, formatDuration, formatShare } from '../../text/format.ts';
import type { AnalyticsPlace, SetPlace } from '../../url/analytics-place.ts';
import type { TracesPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { Range } from '../../url/range.ts';
import { FilterBox } from '../traces/filter-box.tsx';

interface SetBoxProps {
  readonly side: Side;
  /** Null: the rest. */
  readonly set: SetPlace | null;
  readonly range: Range;
  readonly answer: ComparedSet | undefined;
  readonly refusal: string | null;
  /** Null: no list has just these traces. */
  readonly list: TracesPlace | null;
  /** The set as what both are taken from; null: it is that already, or is not to be. */
  readonly refined: AnalyticsPlace | null;
  /** What B can begin as. */
  readonly likeA: SetPlace | null;
  readonly onChange: (set: SetPlace | null) => void;
}

/** What a set is, how much of it was looked at, and its figures. */
export function SetBox(props: SetBoxProps): ReactNode {
  const { side, set, range, answer, refusal, list, refined, likeA, onChange } = props;
  const letter = side.toUpperCase();
  return (
    <section className="set-box" data-set={side} aria-label={`Set ${letter}`} data-testid={`set-${side}`}>
      <b className="set-letter" aria-hidden>
        {letter}
      </b>
      <div className="set-what">
        {set === null ? (
          <p className="set-rest">
            <span>The rest: all traces that are not in A</span>
            <button
              type="button"
              className="btn btn-small"
              data-testid="own-b"
              onClick={() => onChange({ filter: '', time: null })}
            >
              Use a filter instead
            </button>
            {likeA === null ? null : (
              <button type="button" className="btn btn-small" data-testid="copy-a" onClick={() => onChange(likeA)}>
                Copy A
              </button>
            )}
          </p>
        ) : (
          <FilterBox
            label={`Filter of set ${letter}`}
            range={range}
            filter={set.filter}
            refusal={refusal}
            onRun={(filter) => onChange({ ...set, filter })}
          />
        )}
        {set === null && refusal !== null ? <p className="notice o-error">{refusal}</p> : null}
        <div className="set-facts num">
          {set?.time == null ? null : (
            <span className="chip">
              <IconClock size={13} aria-hidden />
              {formatClock(set.time.startS).slice(0, 8)} – {formatClock(set.time.endS).slice(0, 8)}
              <button type="button" aria-label="All of the time" onClick={() => onChange({ ...set, time: null })}>
                <IconX size={12} />
              </button>
            </span>
          )}
          {side === 'b' && set !== null ? (
            <button type="button" className="link-button" data-testid="rest-b" onClick={() => onChange(null)}>
              Use the rest
            </button>
          ) : null}
          {answer === undefined ? null : <Facts answer={answer} />}
          {list === null || answer === undefined || answer.count === 0 ? null : (
            <PlaceLink to={list} testId={`open-${side}`}>
              Open these traces
            </PlaceLink>
          )}
          {refined === null || answer === undefined || answer.count === 0 ? null : (
            <PlaceLink to={refined} testId="refine" title="A becomes what both sets are taken from">
              Refine
            </PlaceLink>
          )}
        </div>
      </div>
    </section>
  );
}

function Facts({ answer }: { readonly answer: ComparedSet }): ReactNode {
  const { count, faultCount, errorCount, p50, p95, looked } = answer;
  return (
    <>
      <span title={describeSet(looked)} data-testid="set-count">
        <b>{formatCount(count)}</b> {count === 1 ? 'trace' : 'traces'}
        <span className="muted">, {describeSet(looked)}</span>
      </span>
      {count === 0 ? null : (
        <>
          <span>
            p50 <b>{formatDuration(p50 ?? undefined)}</b>
          </span>
          <span>
            p95 <b>{formatDuration(p95 ?? undefined)}</b>
          </span>
          <span className="o-fault">
            <b className={faultCount === 0 ? '' : 'rate'}>{formatShare(faultCount / count)}</b> faults
          </span>
          <span className="o-error">
            <b className={errorCount === 0 ? '' : 'rate'}>{formatShare(errorCount / count)}</b> errors
          </span>
        </>
      )}
    </>
  );
}
