import type { TrustAnswer } from '@fluoroscope/api';
import { type ReactNode, useState } from 'react';
import { mostTelling, type TrustRow, trustRows } from '../../settings/trust-rows.ts';
import { formatCount, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';

const SERVICES_SHOWN = 12;

/** Whose documents came, and whose were lost. */
export function TrustServices({ trust }: { readonly trust: TrustAnswer }): ReactNode {
  const [all, setAll] = useState(false);
  const rows = trustRows(trust);
  if (rows.length === 0) return null;
  const shown = mostTelling(rows, SERVICES_SHOWN);
  const { orphans, lateSeconds } = trust;
  return (
    <div>
      <h3>By service</h3>
      <table className="mini-table by-service" data-testid="trust-services" aria-label="Documents by service">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Received</th>
            <th scope="col">Refused</th>
            <th scope="col">Dropped</th>
            <th scope="col">Late</th>
            <th scope="col">Orphaned</th>
          </tr>
        </thead>
        <tbody>
          {(all ? rows : shown).map((row) => (
            <ServiceRow key={row.key} row={row} />
          ))}
        </tbody>
      </table>
      {rows.length > shown.length || all ? (
        <button type="button" className="btn btn-quiet btn-small" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${formatCount(rows.length)}`}
        </button>
      ) : null}
      <p className="form-hint">
        Received, refused and dropped add up to the documents above.{' '}
        {rows.some(({ channel }) => channel !== null)
          ? 'Unknown: what could not be read, or was lost in the journal, so that nobody can say whose it was. '
          : ''}
        Late: arrived more than {lateSeconds} seconds after it ended. Orphaned: its parent has not arrived,{' '}
        {orphans.traceCount === 0
          ? 'once a trace has settled; none has so far.'
          : `among the newest ${formatCount(orphans.traceCount)} settled traces ${orphans.complete ? 'of the last hour' : 'looked through'}.`}
      </p>
    </div>
  );
}

function ServiceRow({ row }: { readonly row: TrustRow }): ReactNode {
  const { receivedCount, refusedCount, droppedCount, lateCount, orphanCount, recentCount } = row;
  return (
    <tr data-testid={row.channel === null ? undefined : `unknown-${row.channel}`}>
      <th scope="row">
        <Whose row={row} />
      </th>
      <td data-label="Received" className="num">
        {formatCount(receivedCount)}
      </td>
      <Figure label="Refused" outcome="o-error" count={refusedCount} of={receivedCount} />
      <Figure label="Dropped" outcome="o-fault" count={droppedCount} of={receivedCount} />
      <Figure label="Late" outcome="o-error" count={lateCount} of={receivedCount} />
      <Figure label="Orphaned" outcome="o-error" count={orphanCount} of={recentCount} />
    </tr>
  );
}

function Whose({ row: { name, channel } }: { readonly row: TrustRow }): ReactNode {
  if (name !== null) return visible(name, 80);
  if (channel === null) return <span className="muted">without a service, and others</span>;
  return (
    <>
      <span className="muted">unknown</span> <span className="tag tag-plain">{visible(channel, 20)}</span>
    </>
  );
}

interface FigureProps {
  readonly label: string;
  readonly outcome: string;
  /** Null: cannot be known. */
  readonly count: number | null;
  readonly of: number;
}

function Figure({ label, outcome, count, of }: FigureProps): ReactNode {
  if (count === null) {
    return (
      <td data-label={label} className="num muted">
        –
      </td>
    );
  }
  return (
    <td data-label={label} className={`num ${count > 0 ? `${outcome} counted` : 'muted'}`}>
      {formatCount(count)} {count > 0 && of > 0 ? <small>{formatShare(count / of)}</small> : null}
    </td>
  );
}
