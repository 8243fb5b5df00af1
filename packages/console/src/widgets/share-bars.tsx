import type { ReactNode } from 'react';
import { OUTCOME_LABEL, SETTLED, type SettledOutcome, type Shares } from '../map/shares.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { OutcomeIcon } from './outcome.tsx';

interface ShareBarsProps {
  readonly shares: Shares;
  /** None: all are meant. */
  readonly ticked: ReadonlySet<SettledOutcome>;
  readonly onTick: (outcome: SettledOutcome) => void;
}

/** How requests ended; each outcome can be ticked. */
export function ShareBars({ shares, ticked, onTick }: ShareBarsProps): ReactNode {
  const total = Math.max(1, shares.total);
  return (
    <ul className="shares">
      {SETTLED.map((outcome) => (
        <li key={outcome} className={`share o-${outcome}`} data-none={shares[outcome] === 0}>
          <label className="share-name">
            <input
              type="checkbox"
              checked={ticked.has(outcome)}
              data-testid={`tick-${outcome}`}
              onChange={() => onTick(outcome)}
            />
            <OutcomeIcon outcome={outcome} />
            {OUTCOME_LABEL[outcome]}
          </label>
          <span className="share-figures">
            <span className="share-track">
              <span className="share-fill" style={{ width: `${(shares[outcome] / total) * 100}%` }} />
            </span>
            <span className="num share-count">{formatCount(shares[outcome])}</span>
            <span className="num share-part">{formatShare(shares[outcome] / total)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
