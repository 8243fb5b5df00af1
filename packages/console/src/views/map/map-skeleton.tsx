import type { ReactNode } from 'react';
import { Bone } from '../../widgets/state.tsx';

export function MapSkeleton(): ReactNode {
  return (
    <div className="map-skeleton" role="status" aria-label="Loading the service map" data-testid="loading">
      {[0, 1, 2, 3].map((column) => (
        <div key={column}>
          {Array.from({ length: [1, 1, 3, 2][column] ?? 1 }, (_, row) => (
            <div key={row} className="map-skeleton-node">
              <div className="bone" />
              <Bone width={84} height={10} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
