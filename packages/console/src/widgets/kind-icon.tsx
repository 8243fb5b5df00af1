import {
  IconBolt,
  IconBox,
  IconBucket,
  IconBell,
  IconCloud,
  IconDatabase,
  IconServer2,
  IconStack2,
  IconStackFront,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { NodeKind } from '../map/kind.ts';

const ICON = {
  group: IconStackFront,
  client: IconUsers,
  service: IconServer2,
  compute: IconBolt,
  database: IconDatabase,
  queue: IconStack2,
  topic: IconBell,
  storage: IconBucket,
  aws: IconCloud,
  remote: IconWorld,
  unknown: IconBox,
};

export function KindIcon({
  kind,
  size = 16,
}: {
  readonly kind: NodeKind | 'unknown';
  readonly size?: number;
}): ReactNode {
  const Icon = ICON[kind];
  return <Icon size={size} stroke={1.7} aria-hidden />;
}
