import type { CauseDifference, CauseDifferences, CauseKind, SetDifferences, SidedCount } from '@fluoroscope/api';
import { Fragment, type ReactNode, useState } from 'react';
import { formatPoints } from '../../differences/describe.ts';
import { formatCount, formatShare, NO_VALUE } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { AnalyticsPlace } from '../../url/analytics-place.ts';
import { go } from '../../url/use-place.ts';
import { ValueMenu } from './chosen-menu.tsx';
import { PairedBars } from './differences-table.tsx';
import type { SetActions } from './set-actions.ts';

const KINDS: readonly (readonly [CauseKind, string])[] = [
  ['responsetime', 'Response time'],
  ['fault', 'Faults'],
  ['error', 'Errors'],
];
const NONE: Readonly<Record<CauseKind, string>> = {
  responsetime: 'No trace of either set has a response time.',
  fault: 'Neither set has faults.',
  error: 'Neither set has errors.',
};
const CAUSES_SHOWN = 8;

interface CausesTableProps {
  readonly place: AnalyticsPlace;
  readonly answer: SetDifferences;
  readonly actions: SetActions;
}

/** Where time went, and where failures began, in both sets. */
export function CausesTable({ place, answer, actions }: CausesTableProps): ReactNode {
  const kind = place.causes ?? mostTelling(answer);
  const total: SidedCount = { a: answer.a.count, b: answer.b.count };
  const found = answer.causes[kind];
  return (
    <section className="causes" aria-labelledby="causes-title" data-testid="causes">
      <header className="part-head">
        <h2 id="causes-title">Root causes</h2>
        <div className="seg" role="group" aria-label="Root causes of">
          {KINDS.map(([id, label]) => (
            <button
              key={id}
              type="button"
              aria-pressed={kind === id}
              data-testid={`causes-${id}`}
              onClick={() => go({ ...place, causes: id }, 'replace')}
            >
              {label} <span className="num muted">{formatCount(answer.causes[id].causeCount)}</span>
            </button>
          ))}
        </div>
      </header>
      {found.causes.length === 0 ? (
        <p className="part-none" role="status">
          {NONE[kind]}
        </p>
      ) : (
        <>
          <CauseRows
            key={kind}
            causes={found.causes}
            total={total}
            actions={actions}
            isTime={kind === 'responsetime'}
          />
          <p className="muted part-note num">{describeCauses(found, total)}</p>
        </>
      )}
    </section>
  );
}

interface CauseRowsProps {
  readonly causes: readonly CauseDifference[];
  readonly total: SidedCount;
  readonly actions: SetActions;
  readonly isTime: boolean;
}

function CauseRows({ causes, total, actions, isTime }: CauseRowsProps): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all ? causes : causes.slice(0, CAUSES_SHOWN);
  return (
    <>
      <table className="differs" aria-label="Root causes of both sets">
        <thead>
          <tr>
            <th scope="col">{isTime ? 'Where the time went' : 'Where it began'}</th>
            <th scope="col">Share of A and of B</th>
            {isTime ? (
              <th scope="col" className="num" title="Median part of the response time that the deepest one took">
                Of the time
              </th>
            ) : null}
            <th scope="col" className="num">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((cause) => (
            <CauseRow key={JSON.stringify([cause.services, cause.exceptions])} {...{ cause, total, actions, isTime }} />
          ))}
        </tbody>
      </table>
      {shown.length === causes.length ? null : (
        <button type="button" className="btn btn-small part-more" onClick={() => setAll(true)}>
          {formatCount(causes.length - shown.length)} more
        </button>
      )}
    </>
  );
}

function describeCauses({ covered, causes, causeCount, uncounted }: CauseDifferences, total: SidedCount): string {
  const [a, b] = [covered.a / Math.max(1, total.a), covered.b / Math.max(1, total.b)];
  const others = uncounted.a + uncounted.b;
  return [
    `${formatShare(a)} of A and ${formatShare(b)} of B have one`,
    causeCount > causes.length ? `; the ${causes.length} most frequent of ${formatCount(causeCount)} are here` : '',
    others === 0 ? '.' : `; ${formatCount(others)} traces have others.`,
  ].join('');
}

/** Faults where there are any in either set: they are what people come for. */
function mostTelling({ causes }: SetDifferences): CauseKind {
  const best = (kind: CauseKind): number => Math.max(0, ...causes[kind].causes.map(({ score }) => score));
  return best('fault') > best('responsetime') ? 'fault' : 'responsetime';
}

interface CauseRowProps {
  readonly cause: CauseDifference;
  readonly total: SidedCount;
  readonly actions: SetActions;
  readonly isTime: boolean;
}

function CauseRow({ cause, total, actions, isTime }: CauseRowProps): ReactNode {
  const { filter, a, b, coverageA, coverageB, difference, score } = cause;
  return (
    <tr data-certain={score > 0}>
      <th scope="row">
        {filter === null ? (
          <span className="value-name">
            <CausePath cause={cause} />
          </span>
        ) : (
          <ValueMenu filter={filter} actions={actions} className="value-name cause-name" testId="cause">
            <CausePath cause={cause} />
          </ValueMenu>
        )}
      </th>
      <td>
        <PairedBars a={a} b={b} total={total} />
      </td>
      {isTime ? (
        <td className="num cause-coverage">
          {[coverageA, coverageB].map((coverage, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- A, then B
            <span key={at}>{coverage === null ? NO_VALUE : formatShare(coverage)}</span>
          ))}
        </td>
      ) : null}
      <td className="num value-difference">{formatPoints(difference)}</td>
    </tr>
  );
}

/** `frontend → order → payment · charge` and what was thrown. */
function CausePath({ cause: { services, exceptions } }: { readonly cause: CauseDifference }): ReactNode {
  return (
    <span className="cause-path">
      {services.map(({ name, entities }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a path may pass a service twice
        <Fragment key={at}>
          {at === 0 ? null : <span className="muted"> → </span>}
          <span className={at === services.length - 1 ? 'cause-last' : ''}>{visible(name, 60)}</span>
          {entities.map((entity, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the same for names within
            <span key={index} className="muted">
              {' '}
              · {visible(entity, 60)}
            </span>
          ))}
        </Fragment>
      ))}
      {exceptions.length === 0 ? null : (
        <span className="cause-exception">{exceptions.map((name) => visible(name, 80)).join(', ')}</span>
      )}
    </span>
  );
}
