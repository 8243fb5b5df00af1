import '../../theme/analytics.css';
import type { SetDifferences } from '@fluoroscope/api';
import { IconArrowsExchange, IconChartHistogram, IconRefresh } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import {
  type Chosen,
  explain,
  narrowed,
  refusalsOf,
  type Side,
  swapped,
  tracesOf,
  withinBoth,
} from '../../differences/sets.ts';
import { refined, type Totals } from '../../differences/retrieved.ts';
import { ConsoleError } from '../../http/request.ts';
import { ALL_OF_IT, type AnalyticsPlace, type SetPlace } from '../../url/analytics-place.ts';
import type { Range } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { FilterGroup } from '../../widgets/group-menu.tsx';
import { RangePicker } from '../../widgets/range-picker.tsx';
import { Bone, Failure, State } from '../../widgets/state.tsx';
import { CausesTable } from './causes-table.tsx';
import { Charts } from './charts.tsx';
import { DifferencesTable } from './differences-table.tsx';
import type { SetActions } from './set-actions.ts';
import { RetrievedBar } from './retrieved-bar.tsx';
import { SetBox } from './set-box.tsx';
import { useDifferences } from './use-differences.ts';
import { useTotals } from './use-totals.ts';

/** Two sets of traces: what they are, how they are spread, and what tells them apart. */
export function AnalyticsPage({ place }: { readonly place: AnalyticsPlace }): ReactNode {
  const query = useDifferences(place);
  const { data, error, isFetching, isPlaceholderData, dataUpdatedAt } = query;
  const isRefused = error instanceof ConsoleError && error.code === 'refused';
  const refusals = refusalsOf(isRefused ? error.message : null);
  const answer = isRefused ? undefined : data;
  const current = isPlaceholderData ? undefined : answer;
  const totals = useTotals(place, current, dataUpdatedAt);
  return (
    <div className="analytics-page" aria-busy={isFetching}>
      {isFetching ? (
        <div className="analytics-progress" role="progressbar" aria-label="Traces are being looked at" />
      ) : null}
      <Head place={place} onAgain={() => void query.refetch()} />
      <RetrievedBar {...{ place, totals }} refusal={refusals.both} />
      <div className="set-boxes">
        {(['a', 'b'] as const).map((side) => (
          <SetBox
            key={side}
            side={side}
            set={place[side]}
            range={place.range}
            answer={current?.[side]}
            refusal={refusals[side]}
            list={tracesOf(place, side)}
            refined={side === 'a' && !isAll(place.a) ? refined(place) : null}
            likeA={side === 'b' && !isAll(place.a) ? place.a : null}
            onChange={(set) => go(side === 'a' ? { ...place, a: set ?? ALL_OF_IT } : { ...place, b: set })}
          />
        ))}
      </div>
      {isRefused ? (
        <State icon={<IconChartHistogram size={24} stroke={1.6} />} title="This filter cannot be read">
          <p>Correct the expression above.</p>
        </State>
      ) : error !== null && answer === undefined ? (
        <Failure title="The sets cannot be compared" error={error} retry={() => void query.refetch()} />
      ) : answer === undefined ? (
        <AnalyticsSkeleton />
      ) : (
        <Answer place={place} answer={answer} totals={place.totals ? totals : null} stale={isPlaceholderData} />
      )}
    </div>
  );
}

interface HeadProps {
  readonly place: AnalyticsPlace;
  /** Look at the same sets anew. */
  readonly onAgain: () => void;
}

function Head({ place, onAgain }: HeadProps): ReactNode {
  return (
    <header className="analytics-head">
      <h1>Analytics</h1>
      <span className="analytics-within" />
      <div className="toolbar-side">
        <FilterGroup testId="analytics-group" filter={place.within} onChange={(within) => go({ ...place, within })} />
        <RangePicker range={place.range} onChange={(range) => go(withRange(place, range))} />
        <button
          type="button"
          className="btn btn-small"
          data-testid="swap"
          aria-label="Swap"
          title="A becomes B, and B becomes A"
          onClick={() => go(swapped(place))}
        >
          <IconArrowsExchange size={14} aria-hidden />
          <span className="wide-only">Swap</span>
        </button>
        <button
          type="button"
          className="btn btn-small btn-icon"
          aria-label="Look again"
          title="Look again"
          data-testid="again"
          onClick={onAgain}
        >
          <IconRefresh size={14} aria-hidden />
        </button>
      </div>
    </header>
  );
}

function isAll({ filter, time }: SetPlace): boolean {
  return filter.trim() === '' && time === null;
}

/** Parts by time belong to the range they were chosen in. */
function withRange(place: AnalyticsPlace, range: Range): AnalyticsPlace {
  const { a, b } = place;
  return { ...place, range, a: { ...a, time: null }, b: b === null ? null : { ...b, time: null } };
}

interface AnswerProps {
  readonly place: AnalyticsPlace;
  readonly answer: SetDifferences;
  /** Drawn behind the sets; null: not drawn. */
  readonly totals: Totals | null;
  /** It is of the place before. */
  readonly stale: boolean;
}

function Answer({ place, answer, totals, stale }: AnswerProps): ReactNode {
  const actions = useMemo((): SetActions => {
    // A time that was chosen belongs to the range that was looked at, which must not slide on.
    const still = (chosen: Chosen): AnalyticsPlace =>
      chosen.time === null
        ? place
        : { ...place, range: { kind: 'fixed', startS: roundMs(answer.startTime), endS: roundMs(answer.endTime) } };
    return {
      explain: (chosen) => go(explain(still(chosen).range, place.within, rounded(chosen))),
      narrow: (side: Side, chosen) => go(narrowed(still(chosen), side, rounded(chosen))),
      within: (filter) => go(withinBoth(place, filter)),
      list: (side, filter) => tracesOf(place, side, filter),
    };
  }, [place, answer]);
  if (answer.a.count + answer.b.count === 0) return <NoTraces place={place} />;
  return (
    <div className="analytics-answer" data-stale={stale} data-testid="answer">
      <Charts
        key={`${answer.startTime} ${answer.a.count} ${answer.b.count}`}
        answer={answer}
        totals={totals}
        actions={actions}
      />
      {answer.a.count === 0 || answer.b.count === 0 ? (
        <OneEmpty place={place} answer={answer} />
      ) : (
        <div className="analytics-parts">
          <DifferencesTable answer={answer} actions={actions} />
          <CausesTable place={place} answer={answer} actions={actions} />
        </div>
      )}
    </div>
  );
}

/** A link holds milliseconds. */
function roundMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function rounded({ filter, time }: Chosen): Chosen {
  return { filter, time: time === null ? null : { startS: roundMs(time.startS), endS: roundMs(time.endS) } };
}

function OneEmpty({ place, answer }: Pick<AnswerProps, 'place' | 'answer'>): ReactNode {
  const isWhole = place.b === null && place.a.filter.trim() === '' && place.a.time === null;
  const letter = answer.a.count === 0 ? 'A' : 'B';
  return (
    <State
      icon={<IconChartHistogram size={24} stroke={1.6} />}
      title={isWhole ? 'Choose what to explain' : `Nothing is in ${letter}`}
      testId="one-empty"
    >
      <p>
        {isWhole
          ? 'A is every trace so far. Drag over slow response times or over a spike above, or write a filter for A: what sets those traces apart from the rest is shown here.'
          : `No trace of this time is in ${letter}. Change its filter, or look at a longer time.`}
      </p>
      {isWhole ? (
        <div className="empty-choices">
          {EXAMPLES.map(([label, filter]) => (
            <button
              key={filter}
              type="button"
              className="btn"
              data-testid={`start-${filter}`}
              onClick={() => go({ ...place, a: { filter, time: null } })}
            >
              {label}
            </button>
          ))}
          {answer.a.p95 === null ? null : (
            <button
              type="button"
              className="btn"
              data-testid="start-slow"
              onClick={() => go({ ...place, a: { filter: `responsetime > ${answer.a.p95}`, time: null } })}
            >
              Explain the slowest 5 %
            </button>
          )}
        </div>
      ) : null}
    </State>
  );
}

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Explain faults', 'fault'],
  ['Explain errors', 'error'],
];

function NoTraces({ place }: { readonly place: AnalyticsPlace }): ReactNode {
  return (
    <State icon={<IconChartHistogram size={24} stroke={1.6} />} title="No traces here" testId="empty-analytics">
      <p>Nothing of this time is in A or in B.</p>
      {place.range.kind === 'last' && place.range.seconds < 3600 ? (
        <button type="button" className="btn" onClick={() => go({ ...place, range: { kind: 'last', seconds: 3600 } })}>
          Look at the last hour
        </button>
      ) : null}
    </State>
  );
}

function AnalyticsSkeleton(): ReactNode {
  return (
    <div className="traces-skeleton" role="status" aria-label="Comparing traces" data-testid="loading">
      <Bone width="100%" height={132} />
      {Array.from({ length: 9 }, (_, index) => (
        <Bone key={index} width={`${92 - ((index * 13) % 30)}%`} height={18} />
      ))}
    </div>
  );
}
