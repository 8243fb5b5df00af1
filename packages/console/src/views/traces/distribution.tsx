import type { TraceGroups } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import type { Band } from '../../map/band.ts';
import { LatencyHistogram } from '../map/latency-histogram.tsx';

interface DistributionProps {
  readonly answer: TraceGroups | undefined;
  readonly band: Band | null;
  readonly onBand: (band: Band | null) => void;
}

/** Response times of all that were looked at, of which a band can be dragged over. */
export function Distribution({ answer, band, onBand }: DistributionProps): ReactNode {
  return (
    <div className="distribution" data-testid="distribution">
      {answer === undefined || answer.histogram.length === 0 ? null : (
        <LatencyHistogram entries={answer.histogram} caption="Response times" band={band} onBand={onBand} />
      )}
    </div>
  );
}
