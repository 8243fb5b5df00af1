import '../../theme/compare.css';
import { IconArrowsExchange } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { type TracePlanQuery, useTracePlan } from '../../http/use-trace-plan.ts';
import { formatCount, formatCountOf, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { callTree } from '../../trace/call-tree.ts';
import { type Change, type ComparedNode, compareTrees } from '../../trace/compare.ts';
import { nameOfRow, outcomeOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import { type ComparePlace, tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';
import { OutcomeTag } from '../../widgets/outcome.tsx';
import { Bone, Failure } from '../../widgets/state.tsx';
import { CompareRow } from './compare-row.tsx';

/** Lines shown; deeper or smaller ones wait behind a closed line above them. */
const LINES_MAX = 2000;

/** Two traces, matched by the path of services and names: what is only in one, and what took longer. */
export function ComparePage({ place }: { readonly place: ComparePlace }): ReactNode {
  const a = useTracePlan(place.a, true);
  const b = useTracePlan(place.b, true);
  return (
    <div className="compare-page">
      <header className="compare-head">
        <h1>Compare traces</h1>
        <PlaceLink to={{ ...place, a: place.b, b: place.a }} className="btn btn-small" testId="compare-swap">
          <IconArrowsExchange size={14} aria-hidden /> Swap
        </PlaceLink>
        <Side letter="A" traceId={place.a} query={a} />
        <Side letter="B" traceId={place.b} query={b} />
      </header>
      {a.plan !== null && b.plan !== null ? <Comparison place={place} a={a.plan} b={b.plan} /> : null}
    </div>
  );
}

interface SideProps {
  readonly letter: 'A' | 'B';
  readonly traceId: string;
  readonly query: TracePlanQuery;
}

function Side({ letter, traceId, query: { plan, error, isMissing, retry } }: SideProps): ReactNode {
  return (
    <section className="compare-side" data-side={letter} aria-label={`Trace ${letter}`}>
      <b className="compare-letter">{letter}</b>
      <PlaceLink to={tracePlace(traceId)} className="mono clip" testId={`compare-${letter.toLowerCase()}`}>
        {traceId}
      </PlaceLink>
      {plan !== null ? (
        <p className="compare-figures num">
          <OutcomeTag outcome={plan.count > 0 ? outcomeOfRow(plan, 0) : 'pending'} />
          <span>{visible(plan.count > 0 ? nameOfRow(plan, 0) : '', 60)}</span>
          <b>{formatDuration(plan.lengthUs / 1e6)}</b>
          <span className="muted">{formatCountOf(plan.count, 'row')}</span>
          <span className="muted">{formatDateTime(plan.startUs / 1e6)}</span>
        </p>
      ) : isMissing ? (
        <p className="notice o-error">This trace is not here.</p>
      ) : error !== null ? (
        <Failure title="The trace cannot be read" error={error} retry={retry} />
      ) : (
        <Bone width="100%" height={20} />
      )}
    </section>
  );
}

const CHANGE_LABEL: Readonly<Record<Change, string>> = {
  new: 'only in B',
  gone: 'only in A',
  slower: 'slower in B',
  faster: 'faster in B',
  same: 'the same',
};

interface ComparisonProps {
  readonly place: ComparePlace;
  readonly a: TracePlan;
  readonly b: TracePlan;
}

function Comparison({ place, a, b }: ComparisonProps): ReactNode {
  const onlyChanged = place.onlyChanged === true;
  const nodes = useMemo(() => compareTrees(callTree(a), callTree(b)), [a, b]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const counts = useMemo(() => countChanges(nodes), [nodes]);
  const shown = useMemo(() => {
    const wanted = onlyChanged ? withoutSame(nodes) : nodes;
    return openNodes(wanted, closed);
  }, [nodes, closed, onlyChanged]);
  const longestUs = Math.max(a.lengthUs, b.lengthUs);
  return (
    <>
      <div className="compare-tools">
        <ul className="compare-counts" data-testid="compare-counts">
          {(['slower', 'faster', 'new', 'gone', 'same'] as const).map((change) => (
            <li key={change} data-change={change}>
              <b className="num">{formatCount(counts[change])}</b> {CHANGE_LABEL[change]}
            </li>
          ))}
        </ul>
        <label className="check">
          <input
            type="checkbox"
            checked={onlyChanged}
            onChange={(event) => go({ ...place, onlyChanged: event.target.checked }, 'replace')}
          />{' '}
          Only what differs
        </label>
      </div>
      <div className="table-scroll compare-scroll" tabIndex={0} role="region" aria-label="Comparison">
        <table className="plain-table compare-table" data-testid="compare-table">
          <thead>
            <tr>
              <th scope="col">Service and name</th>
              <th scope="col" className="num">
                A
              </th>
              <th scope="col" className="num">
                B
              </th>
              <th scope="col" className="num">
                Difference
              </th>
              <th scope="col" className="compare-bars">
                Total time
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, LINES_MAX).map((node) => (
              <CompareRow
                key={node.key}
                node={node}
                longestUs={longestUs}
                label={CHANGE_LABEL[node.change]}
                isClosed={closed.has(node.key)}
                onFold={() => setClosed(toggled(closed, node.key))}
              />
            ))}
          </tbody>
        </table>
        {shown.length > LINES_MAX ? (
          <p className="muted table-more">and {formatCount(shown.length - LINES_MAX)} more lines</p>
        ) : null}
      </div>
    </>
  );
}

function countChanges(nodes: readonly ComparedNode[]): Readonly<Record<Change, number>> {
  const counts: Record<Change, number> = { new: 0, gone: 0, slower: 0, faster: 0, same: 0 };
  for (const { change } of nodes) counts[change] += 1;
  return counts;
}

/** What differs, and what stands above it. */
function withoutSame(nodes: readonly ComparedNode[]): readonly ComparedNode[] {
  const kept: ComparedNode[] = [];
  let wantedDepth = -1;
  for (const node of nodes.toReversed()) {
    if (node.change === 'same' && node.depth !== wantedDepth) continue;
    kept.push(node);
    wantedDepth = node.depth - 1;
  }
  return kept.toReversed();
}

function openNodes(nodes: readonly ComparedNode[], closed: ReadonlySet<string>): readonly ComparedNode[] {
  let hiddenBelow = Infinity;
  return nodes.filter((node) => {
    if (node.depth > hiddenBelow) return false;
    hiddenBelow = closed.has(node.key) ? node.depth : Infinity;
    return true;
  });
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
