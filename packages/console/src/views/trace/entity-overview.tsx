import type { ReactNode } from 'react';
import { objectOf } from '../../trace/entity.ts';
import type { Timeline, TimelineRow } from '../../trace/timeline.ts';
import { formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { HttpStatus } from '../../widgets/outcome.tsx';
import { Pairs, SafeText } from './pairs.tsx';

interface EntityOverviewProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
}

export function EntityOverview({ row, timeline }: EntityOverviewProps): ReactNode {
  return (
    <>
      <dl className="pairs">
        {factsOf(row, timeline).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <HttpPart row={row} />
      {row.outside ? (
        <p className="notice o-error panel-part">
          Lies partly outside its parent: the clocks differ, or work went on after the answer.
        </p>
      ) : null}
    </>
  );
}

function factsOf(row: TimelineRow, timeline: Timeline): readonly (readonly [string, ReactNode])[] {
  const { entity } = row;
  const flags = ['error', 'throttle', 'fault'].filter((flag) => entity.raw[flag] === true);
  const user = entity.raw['user'];
  const facts: (readonly [string, ReactNode])[] = [
    ['Id', <EntityId key="id" id={entity.id} />],
    ['Parent', entity.parentId === null ? 'none' : <ParentId key="parent" id={entity.parentId} orphan={row.orphan} />],
    ['Service', visible(entity.service)],
    ['Origin', visible(entity.origin ?? '–')],
  ];
  if (entity.namespace !== null) facts.push(['Namespace', visible(entity.namespace)]);
  facts.push(['Start', <At key="start" seconds={entity.startS} from={timeline.startS} />]);
  facts.push([
    'End',
    entity.endS === undefined ? 'in progress' : <At key="end" seconds={entity.endS} from={timeline.startS} />,
  ]);
  facts.push(['Flags', flags.length === 0 ? 'none' : flags.join(', ')]);
  if (typeof user === 'string') facts.push(['User', visible(user)]);
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

function ParentId({ id, orphan }: { readonly id: string; readonly orphan: boolean }): ReactNode {
  return (
    <>
      <span className="mono">{visible(id, 40)}</span>
      {orphan ? ' (not in this trace)' : ''}
    </>
  );
}

function At({ seconds, from }: { readonly seconds: number; readonly from: number }): ReactNode {
  return (
    <>
      {formatDateTime(seconds)} <span className="muted">+{formatDuration(seconds - from)}</span>
    </>
  );
}

function HttpPart({ row: { entity } }: { readonly row: TimelineRow }): ReactNode {
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
