import { OK } from './codes.ts';
import type { KafkaWire, PartitionPlace } from './wire.ts';

export interface PartitionLag {
  readonly partition: number;
  /** Records that the store does not show yet, as far as is known here. */
  readonly lagCount: number;
  readonly isOurs: boolean;
}

export interface TopicLag {
  readonly partitions: readonly PartitionLag[];
  /** How many records others have committed: it moves when they have stored something. */
  readonly committedElsewhere: number;
}

/**
 * Of our own partitions we know what is written (`ours`: the offset behind it, by partition); of the others, what
 * their owners have committed.
 */
export async function readLag(
  wire: Pick<KafkaWire, 'describeTopic' | 'readOffsets' | 'readCommitted'>,
  group: string,
  ours: ReadonlyMap<number, number>,
): Promise<TopicLag> {
  const { code, partitions } = await wire.describeTopic();
  if (code !== OK) return { partitions: [], committedElsewhere: 0 };
  const [ends, starts, committed] = await Promise.all([
    readAll(wire, partitions, 'newest'),
    readAll(wire, partitions, 'oldest'),
    wire.readCommitted(group, [...partitions.keys()]),
  ]);
  let committedElsewhere = 0;
  const committedBy = new Map(committed.map(({ partition, offset }) => [partition, offset]));
  const lags = partitions.map((_, partition) => {
    const start = starts.get(partition) ?? 0;
    const end = ends.get(partition) ?? start;
    const written = ours.get(partition);
    if (written === undefined) committedElsewhere += Math.max(0, committedBy.get(partition) ?? 0);
    const stored = Math.max(start, written ?? committedBy.get(partition) ?? 0);
    return { partition, lagCount: Math.max(0, end - stored), isOurs: written !== undefined };
  });
  return { partitions: lags, committedElsewhere };
}

async function readAll(
  wire: Pick<KafkaWire, 'readOffsets'>,
  partitions: readonly PartitionPlace[],
  which: 'oldest' | 'newest',
): Promise<ReadonlyMap<number, number>> {
  const asked = [...partitionsByLeader(partitions)].map(([leader, led]) => wire.readOffsets(leader, led, which));
  const answers = (await Promise.all(asked)).flat();
  return new Map(answers.map(({ partition, offset }) => [partition, offset]));
}

/** Those without a leader are left out. */
export function partitionsByLeader(partitions: readonly PartitionPlace[]): ReadonlyMap<number, readonly number[]> {
  const led = new Map<number, number[]>();
  for (const [partition, { leader }] of partitions.entries()) {
    if (leader < 0) continue;
    const others = led.get(leader);
    if (others === undefined) led.set(leader, [partition]);
    else others.push(partition);
  }
  return led;
}
