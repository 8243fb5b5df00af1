/**
 * What this client asks of Kafka's brokers about one topic: requests, and answers with their error codes (codes.ts).
 * Every method rejects with a JournalError, `failed` when the brokers cannot be reached or do not answer in time and
 * `refused` when they do not let us in.
 */
export interface KafkaWire extends AsyncDisposable {
  describeTopic(): Promise<TopicAnswer>;

  /** A new identity: what is sent under it is kept once, however often it is sent. */
  startProducer(): Promise<{ readonly code: number } & ProducerIdentity>;

  /** Resolves when all replicas in sync have it. */
  produce(leader: number, batches: readonly PartitionBytes[]): Promise<readonly PartitionCode[]>;

  fetch(leader: number, wanted: readonly FetchWish[], waitMs: number): Promise<readonly FetchAnswer[]>;

  /** Of partitions that this broker leads: their first offset still kept, or where the next record will stand. */
  readOffsets(leader: number, partitions: readonly number[], which: OffsetKind): Promise<readonly PartitionOffset[]>;

  join(request: JoinRequest): Promise<JoinAnswer>;
  sync(request: SyncRequest): Promise<{ readonly code: number; readonly assignment: Uint8Array }>;
  heartbeat(member: Membership): Promise<number>;
  leave(group: string, memberId: string): Promise<number>;
  commit(member: Membership, offsets: readonly PartitionOffset[]): Promise<readonly PartitionCode[]>;
  /** -1 where nothing was ever committed. */
  readCommitted(group: string, partitions: readonly number[]): Promise<readonly PartitionOffset[]>;
}

export interface TopicAnswer {
  readonly code: number;
  /** By their number. */
  readonly partitions: readonly PartitionPlace[];
}

export interface PartitionPlace {
  /** A broker's number; -1 while there is none. */
  readonly leader: number;
  readonly replicaCount: number;
}

export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface PartitionBytes {
  readonly partition: number;
  /** One record batch. */
  readonly bytes: Buffer;
}

export interface PartitionCode {
  readonly partition: number;
  readonly code: number;
}

export type OffsetKind = 'oldest' | 'newest';

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: number;
}

export interface FetchWish {
  readonly partition: number;
  readonly offset: number;
  readonly bytesMax: number;
}

export interface FetchAnswer extends PartitionCode {
  /** The first offset that is still kept. */
  readonly startOffset: number;
  /** Behind the last one that all replicas in sync have. */
  readonly endOffset: number;
  /** Record batches; the last one may be cut off. */
  readonly bytes: Buffer;
}

export interface Membership {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
}

export interface JoinRequest {
  readonly group: string;
  /** Empty at first. */
  readonly memberId: string;
  readonly subscription: Uint8Array;
}

export interface JoinAnswer {
  readonly code: number;
  readonly memberId: string;
  readonly generation: number;
  readonly isLeader: boolean;
  /** Told to the leader alone. */
  readonly memberIds: readonly string[];
}

export interface SyncRequest extends Membership {
  /** By member; empty from all but the leader. */
  readonly assignments: ReadonlyMap<string, Uint8Array>;
}
