import type { ReactNode } from 'react';
import { Bone } from '../../widgets/state.tsx';

export function SettingsSkeleton(): ReactNode {
  return (
    <div className="traces-skeleton" role="status" aria-label="Loading settings" data-testid="loading">
      <Bone width={220} height={20} />
      <Bone width="60%" height={14} />
      {Array.from({ length: 8 }, (_, index) => (
        <Bone key={index} width={`${94 - index * 4}%`} height={30} />
      ))}
    </div>
  );
}
