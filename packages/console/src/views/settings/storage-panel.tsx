import type { TrustAnswer } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatCountOf, formatDateTime } from '../../text/format.ts';

const STATE = {
  ok: 'answers',
  stuck: 'does not answer; these figures are old',
  unreadable: 'cannot be read',
} as const;

const DAY_SECONDS = 86_400;

/** What is stored, by day, and how long it stays. */
export function StoragePanel({ trust: { store, expiredCount } }: { readonly trust: TrustAnswer }): ReactNode {
  const { days, sizeBytes, documentCount, traceCount, retentionSeconds, retentionBytes, retainedFrom } = store;
  const most = Math.max(1, ...days.map((day) => day.sizeBytes));
  const inDays = days.reduce((sum, day) => sum + day.documentCount, 0);
  return (
    <section className="card" data-testid="storage">
      <h2>Storage</h2>
      <p className="form-hint">
        The {store.kind === 'embedded' ? 'embedded store' : 'ClickHouse store'} {STATE[store.state]}:{' '}
        {formatCountOf(traceCount, 'trace')}, {formatCountOf(documentCount, 'document')}, {formatBytes(sizeBytes)} on
        disk. Kept for {formatCount(retentionSeconds / DAY_SECONDS)} days
        {retentionBytes === null ? '' : `, and up to ${formatBytes(retentionBytes)}`}
        {expiredCount > 0 ? `; retention has let go of ${formatCountOf(expiredCount, 'document')}` : ''}
        {retainedFrom === null ? '.' : `. Graphs begin at ${formatDateTime(retainedFrom).slice(0, 16)}.`}
      </p>
      {days.length === 0 ? (
        <p className="form-hint">
          No day is on disk yet: what is new is written there within minutes, and is safe in the journal until then.
        </p>
      ) : (
        <table className="mini-table days">
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              <th scope="col">Documents</th>
              <th scope="col">On disk</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.start}>
                <th scope="row" className="num">
                  {new Date(day.start * 1000).toISOString().slice(0, 10)}
                </th>
                <td className="num">{formatCount(day.documentCount)}</td>
                <td className="num">{formatBytes(day.sizeBytes)}</td>
                <td className="day-bar">
                  <span style={{ width: `${(day.sizeBytes / most) * 100}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {days.length > 0 && documentCount > inDays ? (
        <p className="form-hint">
          {formatCount(documentCount - inDays)} documents are in memory, and in the journal, until they are written to a
          day.
        </p>
      ) : null}
    </section>
  );
}
