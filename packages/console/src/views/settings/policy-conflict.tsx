import type { ResourcePolicy } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import { formatDateTime } from '../../text/format.ts';

interface PolicyConflictProps {
  /** That what is written here was based on. */
  readonly revision: string;
  /** Undefined: it is gone. */
  readonly latest: ResourcePolicy | undefined;
  readonly busy: boolean;
  readonly onTheirs: (theirs: ResourcePolicy) => void;
  readonly onMine: (theirs: ResourcePolicy | undefined) => void;
}

/** Two people changed one policy: the later one chooses, and sees that there is a choice. */
export function PolicyConflict({ revision, latest, busy, onTheirs, onMine }: PolicyConflictProps): ReactNode {
  // The list is asked for anew when a change is refused, and is on its way.
  const isKnown = latest?.PolicyRevisionId !== revision;
  return (
    <div className="notice o-error conflict" role="alert" data-testid="policy-conflict">
      <p>
        {latest === undefined
          ? 'Somebody deleted this policy since you opened it.'
          : `Somebody changed this policy since you opened it${
              isKnown ? `, at ${formatDateTime(latest.LastUpdatedTime ?? 0).slice(0, 16)}` : ''
            }.`}{' '}
        Nothing was saved.
      </p>
      <div className="conflict-ways">
        {latest === undefined ? null : (
          <button
            type="button"
            className="btn btn-small"
            data-testid="take-theirs"
            disabled={busy || !isKnown}
            onClick={() => onTheirs(latest)}
          >
            Show theirs, and drop mine
          </button>
        )}
        <button
          type="button"
          className="btn btn-small"
          data-testid="keep-mine"
          disabled={busy || !isKnown}
          onClick={() => onMine(latest)}
        >
          {latest === undefined ? 'Make it anew' : 'Save mine over theirs'}
        </button>
      </div>
    </div>
  );
}
