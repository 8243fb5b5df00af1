import type { ReactNode } from 'react';
import { OUTCOME_LABEL, SETTLED } from '../../map/shares.ts';
import { OutcomeIcon } from '../../widgets/outcome.tsx';

export function MapLegend(): ReactNode {
  return (
    <ul className="legend" aria-label="Legend">
      {SETTLED.map((outcome) => (
        <li key={outcome} className={`o-${outcome}`}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden>
            <circle r="5" className="legend-ring" />
            {outcome === 'ok' ? null : <circle r="5" className="legend-pattern" stroke={`url(#pattern-${outcome})`} />}
          </svg>
          <OutcomeIcon outcome={outcome} size={11} />
          {OUTCOME_LABEL[outcome]}
        </li>
      ))}
      <li>
        <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden>
          <circle r="5" className="legend-dash" />
        </svg>
        Inferred
      </li>
    </ul>
  );
}
