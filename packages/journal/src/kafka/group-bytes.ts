/**
 * What Kafka's consumers tell each other through the group's coordinator, version 0; integers are big-endian:
 *
 *   subscription = version:i16 topicCount:i32 *text userData
 *   assignment   = version:i16 topicCount:i32 *(text partitionCount:i32 *partition:i32) userData
 *   text         = length:i16 UTF-8
 *   userData     = length:i32 *byte            ; -1: none
 */
export function encodeSubscription(topic: string): Uint8Array {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(2 + 4 + 2 + name.length + 4);
  let at = bytes.writeInt16BE(0, 0);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt16BE(name.length, at);
  at += name.copy(bytes, at);
  bytes.writeInt32BE(-1, at);
  return bytes;
}

export function encodeAssignment(topic: string, partitions: readonly number[]): Uint8Array {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(2 + 4 + 2 + name.length + 4 + 4 * partitions.length + 4);
  let at = bytes.writeInt16BE(0, 0);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt16BE(name.length, at);
  at += name.copy(bytes, at);
  at = bytes.writeInt32BE(partitions.length, at);
  for (const partition of partitions) at = bytes.writeInt32BE(partition, at);
  bytes.writeInt32BE(-1, at);
  return bytes;
}

/** The partitions of this topic; none when the bytes say nothing of it. */
export function readAssignment(assignment: Uint8Array, topic: string): readonly number[] {
  const bytes = Buffer.from(assignment.buffer, assignment.byteOffset, assignment.byteLength);
  if (bytes.length < 6) return [];
  const partitions: number[] = [];
  let at = 6;
  for (let topics = bytes.readInt32BE(2); topics > 0; topics--) {
    const nameBytes = bytes.readInt16BE(at);
    const name = bytes.toString('utf8', at + 2, at + 2 + nameBytes);
    at += 2 + nameBytes;
    const count = bytes.readInt32BE(at);
    at += 4;
    for (let index = 0; index < count; index++, at += 4) if (name === topic) partitions.push(bytes.readInt32BE(at));
  }
  return partitions;
}

/** Each member's partitions, as even as can be, and the same whoever computes it. */
export function sharePartitions(
  memberIds: readonly string[],
  partitionCount: number,
): ReadonlyMap<string, readonly number[]> {
  const shares = new Map<string, number[]>();
  const sorted = memberIds.toSorted();
  for (const memberId of sorted) shares.set(memberId, []);
  for (let partition = 0; partition < partitionCount; partition++) {
    const memberId = sorted[partition % sorted.length];
    if (memberId !== undefined) shares.get(memberId)?.push(partition);
  }
  return shares;
}
