import type { ReactNode } from 'react';
import type { EdgeWeight } from '../../map/drawing.ts';
import { OUTCOME_LABEL, SETTLED } from '../../map/shares.ts';
import type { NodeSizing } from '../../map/sizes.ts';
import { OutcomeIcon } from '../../widgets/outcome.tsx';

interface MapLegendProps {
  readonly comparing: boolean;
  readonly weigh: EdgeWeight;
  readonly sizing: NodeSizing;
}

export function MapLegend({ comparing, weigh, sizing }: MapLegendProps): ReactNode {
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
      <li>
        <svg width="22" height="14" viewBox="0 -7 22 14" aria-hidden>
          <path d="M0 -3.5H22" className="legend-line" strokeWidth="1.2" />
          <path d="M0 3H22" className="legend-line" strokeWidth="4" />
        </svg>
        {weigh === 'traffic' ? 'More traffic' : 'More failures'}
      </li>
      {sizing === 'none' ? null : (
        <li>
          <svg width="22" height="14" viewBox="0 -7 22 14" aria-hidden>
            <circle cx="4" r="3" className="legend-size" />
            <circle cx="15" r="6" className="legend-size" />
          </svg>
          {sizing === 'traffic' ? 'More traffic' : 'More failures'}
        </li>
      )}
      <li>
        <svg width="22" height="14" viewBox="0 -7 22 14" aria-hidden>
          <path d="M0 0H22" className="legend-line" strokeWidth="1.8" strokeDasharray="5 4" />
        </svg>
        Through a queue or topic
      </li>
      {comparing ? (
        <>
          <li className="mark-new">
            <span className="legend-swatch" aria-hidden /> New
          </li>
          <li className="mark-gone">
            <span className="legend-swatch" aria-hidden /> Gone
          </li>
          <li className="mark-slower">
            <span className="legend-swatch" aria-hidden /> Worse
          </li>
          <li className="mark-faster">
            <span className="legend-swatch" aria-hidden /> Better
          </li>
        </>
      ) : null}
    </ul>
  );
}
