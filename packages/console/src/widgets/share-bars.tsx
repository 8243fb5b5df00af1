import type { ReactNode } from 'react';
import { OUTCOME_LABEL, SETTLED, type Shares } from '../map/shares.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { OutcomeIcon } from './outcome.tsx';

export function ShareBars({ shares }: { readonly shares: Shares }): ReactNode {
  const total = Math.max(1, shares.total);
  return (
    <dl className="shares">
      {SETTLED.map((outcome) => (
        <div key={outcome} className={`share o-${outcome}`} data-none={shares[outcome] === 0}>
          <dt>
            <OutcomeIcon outcome={outcome} />
            {OUTCOME_LABEL[outcome]}
          </dt>
          <dd>
            <span className="share-track">
              <span className="share-fill" style={{ width: `${(shares[outcome] / total) * 100}%` }} />
            </span>
            <span className="num share-count">{formatCount(shares[outcome])}</span>
            <span className="num share-part">{formatShare(shares[outcome] / total)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
