import type { ReactNode } from 'react';
import { type Entity, objectOf } from '../../trace/entity.ts';
import { isOrphan, isOutside, type TracePlan } from '../../trace/trace-plan.ts';
import { formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { HttpStatus } from '../../widgets/outcome.tsx';
import { Pairs, SafeText } from './pairs.tsx';

interface EntityOverviewProps {
  readonly entity: Entity;
  readonly plan: TracePlan;
  readonly row: number;
}

export function EntityOverview({ entity, plan, row }: EntityOverviewProps): ReactNode {
  const shift = plan.shift[row] ?? 0;
  return (
    <>
      <dl className="pairs">
        {factsOf(entity, plan, row).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <HttpPart entity={entity} />
      {shift === 0 ? null : (
        <p className="notice panel-part" data-testid="clock-shift">
          Its clock is off: drawn {formatDuration(Math.abs(shift) / 1e6)} {shift > 0 ? 'later' : 'earlier'} than
          recorded, so that it lies inside the call it serves. Start and end above are as recorded.
        </p>
      )}
      {shift === 0 && isOutside(plan, row) ? (
        <p className="notice o-error panel-part">
          Lies partly outside its parent: work went on after the answer, or the clocks differ.
        </p>
      ) : null}
    </>
  );
}

function factsOf(entity: Entity, plan: TracePlan, row: number): readonly (readonly [string, ReactNode])[] {
  const flags = ['error', 'throttle', 'fault'].filter((flag) => entity.raw[flag] === true);
  const user = entity.raw['user'];
  const [self, length] = [plan.self[row] ?? 0, plan.length[row] ?? 0];
  const facts: (readonly [string, ReactNode])[] = [
    ['Id', <EntityId key="id" id={entity.id} />],
    ['Parent', <ParentId key="parent" id={entity.parentId} orphan={isOrphan(plan, row)} />],
    ['Service', visible(plan.strings[plan.service[row] ?? 0] ?? entity.service)],
    ['Origin', visible(entity.origin ?? '–')],
  ];
  if (entity.namespace !== null) facts.push(['Namespace', visible(entity.namespace)]);
  facts.push(['Start', <At key="start" seconds={entity.startS} from={plan.startUs / 1e6} />]);
  facts.push([
    'End',
    entity.endS === undefined ? 'in progress' : <At key="end" seconds={entity.endS} from={plan.startUs / 1e6} />,
  ]);
  facts.push(['Own time', `${formatDuration(self / 1e6)} of ${formatDuration(length / 1e6)}`]);
  facts.push(['Flags', flags.length === 0 ? 'none' : flags.join(', ')]);
  if (typeof user === 'string') facts.push(['User', visible(user)]);
  for (const [label, key] of [
    ['Resource ARN', 'resource_arn'],
    ['Traced', 'traced'],
    ['Precursors', 'precursor_ids'],
  ] as const) {
    const value = entity.raw[key];
    if (value !== undefined) facts.push([label, <SafeText key={key} value={value} />]);
  }
  return facts;
}

function EntityId({ id }: { readonly id: string }): ReactNode {
  return (
    <span className="with-copy mono">
      {visible(id, 40)}
      <CopyButton text={() => id} label="Copy the id" />
    </span>
  );
}

function ParentId({ id, orphan }: { readonly id: string | null; readonly orphan: boolean }): ReactNode {
  if (id === null) return 'none';
  return (
    <>
      <span className="mono">{visible(id, 40)}</span>
      {orphan ? ' (not in this trace)' : ''}
    </>
  );
}

function At({ seconds, from }: { readonly seconds: number; readonly from: number }): ReactNode {
  const after = seconds - from;
  return (
    <>
      {formatDateTime(seconds)}{' '}
      <span className="muted">
        {after < 0 ? '−' : '+'}
        {formatDuration(Math.abs(after))}
      </span>
    </>
  );
}

function HttpPart({ entity }: { readonly entity: Entity }): ReactNode {
  const http = objectOf(entity.raw['http']);
  if (http === undefined) return null;
  const { method, url, ...request } = objectOf(http['request']) ?? {};
  const { status: _status, ...response } = objectOf(http['response']) ?? {};
  return (
    <section className="panel-part" aria-label="HTTP">
      <h3>HTTP</h3>
      <p className="http-line">
        {typeof method === 'string' ? <b>{visible(method, 20)}</b> : null}{' '}
        {url === undefined ? null : <SafeText value={url} />} <HttpStatus status={entity.status} />
      </p>
      <Pairs value={{ ...request, ...response }} />
    </section>
  );
}
