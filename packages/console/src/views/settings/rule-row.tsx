import type { RuleActivity, SamplingAnswer, SamplingRule } from '@fluoroscope/api';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount, formatCountOf, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { RequestList } from './request-list.tsx';
import { RowActions } from './row-actions.tsx';

export const DEFAULT_RULE = 'Default';

interface RuleRowProps {
  readonly rule: SamplingRule;
  readonly activity: SamplingAnswer | undefined;
  readonly allowed: boolean;
  readonly onMove: { readonly up: (() => void) | null; readonly down: (() => void) | null } | null;
  readonly onDelete: (() => void) | null;
}

export function RuleRow({ rule, activity, allowed, onMove, onDelete }: RuleRowProps): ReactNode {
  const { RuleName: name = '', Priority: priority, FixedRate: rate, ReservoirSize: reservoir } = rule;
  const own = activity?.rules.find((one) => one.name === name);
  const requests = (activity?.requests ?? []).filter((request) => request.rule === name);
  const matched = requests.reduce((sum, { count }) => sum + count, 0);
  const looked = activity?.looked.traceCount ?? 0;
  return (
    <tr data-testid={`rule-row-${name}`}>
      <td data-label="Priority">
        <span className="priority">
          <span className="num">{name === DEFAULT_RULE ? 'last' : priority}</span>
          {allowed && onMove !== null ? (
            <span className="movers">
              <Mover name={name} way="up" onMove={onMove.up} />
              <Mover name={name} way="down" onMove={onMove.down} />
            </span>
          ) : null}
        </span>
      </td>
      <th scope="row">
        {visible(name, 40)}
        <Criteria rule={rule} />
      </th>
      <td data-label="Samples" className="num">
        {formatShare(rate)}
        <small>
          {reservoir === 0 ? 'no reservoir' : `after ${formatCount(reservoir)} a second`}
          {rule.SamplingRateBoost === undefined
            ? ''
            : `, up to ${formatShare(rule.SamplingRateBoost.MaxRate)} on anomalies`}
        </small>
      </td>
      <td data-label="Reported, last 10 min" className="num">
        {own === undefined ? <span className="muted">…</span> : <Reported activity={own} />}
      </td>
      <td data-label="Reservoir now" className="num" data-testid={`quota-${name}`}>
        {own === undefined || own.clientCount === 0 ? (
          <span className="muted">{activity === undefined ? '…' : 'no client'}</span>
        ) : (
          <>
            {formatCount(own.reservoirQuota)} of {formatCount(reservoir)}/s
            <small>{formatCountOf(own.clientCount, 'client')}</small>
          </>
        )}
      </td>
      <td data-label="Matches now" className="num cell-matches" data-testid={`matches-${name}`}>
        {matched === 0 ? (
          <span className="muted">{activity === undefined ? '…' : 'nothing'}</span>
        ) : (
          <details>
            <summary>
              {formatCountOf(matched, 'trace')}
              <small>{formatShare(matched / Math.max(1, looked))}</small>
            </summary>
            <RequestList requests={requests} />
          </details>
        )}
      </td>
      <td className="cell-actions">
        <RowActions section="sampling" name={name} allowed={allowed} onDelete={onDelete} />
      </td>
    </tr>
  );
}

function Mover({
  name,
  way,
  onMove,
}: {
  readonly name: string;
  readonly way: 'up' | 'down';
  readonly onMove: (() => void) | null;
}): ReactNode {
  return (
    <button
      type="button"
      className="btn btn-quiet btn-icon mover"
      aria-label={`Move ${name} ${way}`}
      data-testid={`${way}-${name}`}
      disabled={onMove === null}
      onClick={() => onMove?.()}
    >
      {way === 'up' ? <IconArrowUp size={13} /> : <IconArrowDown size={13} />}
    </button>
  );
}

/** What it asks of a request; what it does not ask is not said. */
function Criteria({ rule }: { readonly rule: SamplingRule }): ReactNode {
  const asked = [
    ['service', rule.ServiceName],
    ['type', rule.ServiceType],
    ['host', rule.Host],
    ['method', rule.HTTPMethod],
    ['path', rule.URLPath],
    ['resource', rule.ResourceARN],
    ...Object.entries(rule.Attributes ?? {}),
  ].filter(([, pattern]) => pattern !== '*');
  if (asked.length === 0) return <small className="muted">every request</small>;
  return (
    <span className="criteria">
      {asked.map(([what = '', pattern = '']) => (
        <span key={what} className="criterion">
          {visible(what, 32)} <code>{visible(pattern, 60)}</code>
        </span>
      ))}
    </span>
  );
}

const TREND_WIDTH = 108;
const TREND_HEIGHT = 20;

function Reported({ activity }: { readonly activity: RuleActivity }): ReactNode {
  const { requestCount, sampledCount, borrowedCount, trend } = activity;
  if (requestCount === 0) return <span className="muted">nothing</span>;
  const most = Math.max(1, ...trend);
  const width = TREND_WIDTH / Math.max(1, trend.length);
  return (
    <>
      <svg
        className="trend"
        width={TREND_WIDTH}
        height={TREND_HEIGHT}
        role="img"
        aria-label={`Requests in windows of ten seconds, at most ${formatCount(most)}`}
      >
        {trend.map((count, at) => {
          const height = count === 0 ? 0 : Math.max(1, (count / most) * TREND_HEIGHT);
          return (
            <rect
              // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
              key={at}
              className="trend-bar"
              x={at * width}
              y={TREND_HEIGHT - height}
              width={Math.max(1, width - 0.6)}
              height={height}
            />
          );
        })}
      </svg>
      <small>
        {formatCountOf(requestCount, 'request')}, {formatCount(sampledCount)} sampled, {formatCount(borrowedCount)}{' '}
        borrowed
      </small>
    </>
  );
}
