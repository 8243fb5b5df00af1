import type { ReactNode } from 'react';
import { Bone } from '../../widgets/state.tsx';

export function TraceSkeleton(): ReactNode {
  return (
    <div className="trace-skeleton" role="status" aria-label="Loading the trace" data-testid="loading">
      <Bone width={360} height={20} />
      <Bone width="70%" height={14} />
      <Bone width="100%" height={150} />
      {Array.from({ length: 12 }, (_, index) => (
        <Bone key={index} width={`${96 - index * 5}%`} height={16} />
      ))}
    </div>
  );
}
