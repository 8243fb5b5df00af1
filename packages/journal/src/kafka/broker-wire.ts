import { isIP } from 'node:net';
import {
  AuthenticationError,
  compressionsAlgorithms,
  compressionsAlgorithmsByBitmask,
  ConnectionPool,
  crc32c,
  findCoordinatorV4,
  heartbeatV4,
  initProducerIdV4,
  joinGroupV9,
  leaveGroupV5,
  listOffsetsV7,
  metadataV12,
  offsetCommitV8,
  offsetFetchV8,
  ResponseError,
  syncGroupV5,
  type Broker,
  type Connection,
} from '@platformatic/kafka';
import { JournalError } from '../journal.ts';
import { COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, OK, UNKNOWN_TOPIC } from './codes.ts';
import { CONNECT_MS_MAX, FETCH_BYTES_MAX, REBALANCE_MS_MAX, REQUEST_MS_MAX, SESSION_MS } from './limits.ts';
import type { BatchCodec, BatchPacking } from './record-batch.ts';
import { fetchApi, produceApi } from './wire-frames.ts';
import type { JoinAnswer, KafkaWire, Membership, OffsetKind, PartitionOffset, TopicAnswer } from './wire.ts';

/** How to come to the brokers, and as whom. */
export interface KafkaAccess {
  /** host:port each, IPv6 in brackets. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly credentials: KafkaCredentials | null;
  /** As brokers are told it. */
  readonly clientId?: string;
}

export interface KafkaCredentials {
  /** Null: none are asked for. */
  readonly sasl: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string } | null;
  /** Null: no TLS. `ca` is a certificate in PEM form, beside those of the system; null for those alone. */
  readonly tls: KafkaTls | null;
}

export interface KafkaTls {
  readonly ca: string | null;
  /** Shown to brokers, in PEM form; both or neither. */
  readonly cert?: string;
  readonly key?: string;
  /** False believes anybody. */
  readonly isVerified?: boolean;
}

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export const batchCodec: BatchCodec = {
  crc32c,
  unpack(codec, bytes) {
    const algorithm = compressionsAlgorithmsByBitmask[codec];
    return algorithm?.available === true ? algorithm.decompressSync(bytes) : null;
  },
};

export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Null: none. Throws `refused` for one that this version of Node has not. */
export function packingOf(compression: KafkaCompression): BatchPacking | null {
  if (compression === 'none') return null;
  const { available, bitmask, compressSync } = compressionsAlgorithms[compression];
  if (!available) throw new JournalError('refused', `this version of Node cannot compress with ${compression}`);
  return { codec: bitmask, pack: compressSync };
}

const GROUP_KEY = 0;
const NEWEST = -1n;
const OLDEST = -2n;
const CLIENT_ID = 'fluoroscope';
const PROTOCOL_TYPE = 'consumer';
const PROTOCOL = 'fluoroscope';

/** The only module that talks to brokers. Opens nothing before it is asked for something. */
export function openBrokerWire({ brokers, topic, credentials, clientId = CLIENT_ID }: KafkaAccess): KafkaWire {
  return new BrokerWire(brokers.map(readBroker), topic, credentials, clientId);
}

class BrokerWire implements KafkaWire {
  readonly #topic: string;
  readonly #bootstrap: readonly Broker[];
  readonly #pool: ConnectionPool;
  readonly #watched = new WeakSet<Connection>();
  #brokers = new Map<number, Broker>();
  #topicId = '';
  #coordinator: Broker | null = null;

  constructor(bootstrap: readonly Broker[], topic: string, credentials: KafkaCredentials | null, clientId: string) {
    this.#topic = topic;
    this.#bootstrap = bootstrap;
    const sasl = credentials?.sasl ?? null;
    const tls = credentials?.tls ?? null;
    this.#pool = new ConnectionPool(clientId, {
      connectTimeout: CONNECT_MS_MAX,
      // Ours end sooner, and close the connection.
      requestTimeout: 2 * REBALANCE_MS_MAX,
      ...(sasl === null ? {} : { sasl }),
      ...(tls === null
        ? {}
        : {
            tls: tlsOptions(tls),
            tlsServerName: bootstrap.every(({ host }) => isIP(host) === 0),
          }),
    });
  }

  async describeTopic(): Promise<TopicAnswer> {
    const answer = await this.#ask(this.#anyBroker(), (to) => metadataV12.api.async(to, [this.#topic], false, false));
    this.#brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const found = answer.topics.find(({ name }) => name === this.#topic);
    if (found === undefined) return { code: UNKNOWN_TOPIC, partitions: [] };
    this.#topicId = found.topicId;
    const partitions = found.partitions
      .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ leaderId, replicaNodes }) => ({ leader: leaderId, replicaCount: replicaNodes.length }));
    return { code: found.errorCode, partitions };
  }

  async startProducer() {
    const answer = await this.#ask(this.#anyBroker(), (to) => initProducerIdV4.api.async(to, null, 0, -1n, -1));
    const { errorCode, producerId, producerEpoch } = answer;
    return { code: errorCode, producerId: Number(producerId), producerEpoch };
  }

  produce(leader: number, batches: Parameters<KafkaWire['produce']>[1]) {
    return this.#ask(this.#broker(leader), (to) => produceApi.async(to, this.#topic, REQUEST_MS_MAX, batches));
  }

  async fetch(leader: number, wanted: Parameters<KafkaWire['fetch']>[1], waitMs: number) {
    const frame = { topicId: this.#topicId, waitMs, bytesMax: FETCH_BYTES_MAX, wanted };
    const { code, answers } = await this.#ask(this.#broker(leader), (to) => fetchApi.async(to, frame), waitMs);
    if (code !== OK) throw new JournalError('failed', `the broker refused to be read: Kafka's error ${code}`);
    return answers;
  }

  async readOffsets(
    leader: number,
    partitions: readonly number[],
    which: OffsetKind,
  ): Promise<readonly PartitionOffset[]> {
    const timestamp = which === 'oldest' ? OLDEST : NEWEST;
    const wanted = partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp }));
    const answer = await this.#ask(this.#broker(leader), (to) =>
      listOffsetsV7.api.async(to, -1, 0, [{ name: this.#topic, partitions: wanted }]),
    );
    return answer.topics
      .flatMap((topic) => topic.partitions)
      .filter(({ errorCode }) => errorCode === OK)
      .map(({ partitionIndex, offset }) => ({ partition: partitionIndex, offset: Number(offset) }));
  }

  async join({ group, memberId, subscription }: Parameters<KafkaWire['join']>[0]): Promise<JoinAnswer> {
    const protocols = [{ name: PROTOCOL, metadata: bufferOf(subscription) }];
    const answer = await this.#askCoordinator(
      group,
      (to) =>
        joinGroupV9.api.async(to, group, SESSION_MS, REBALANCE_MS_MAX, memberId, null, PROTOCOL_TYPE, protocols, null),
      REBALANCE_MS_MAX,
    );
    return {
      code: answer.errorCode,
      memberId: answer.memberId ?? '',
      generation: answer.generationId,
      isLeader: answer.leader === answer.memberId,
      memberIds: answer.members.map((member) => member.memberId),
    };
  }

  async sync({ group, generation, memberId, assignments }: Parameters<KafkaWire['sync']>[0]) {
    const shares = [...assignments].map(([id, assignment]) => ({ memberId: id, assignment: bufferOf(assignment) }));
    const answer = await this.#askCoordinator(
      group,
      (to) => syncGroupV5.api.async(to, group, generation, memberId, null, PROTOCOL_TYPE, PROTOCOL, shares),
      REBALANCE_MS_MAX,
    );
    return { code: answer.errorCode, assignment: answer.assignment };
  }

  async heartbeat({ group, generation, memberId }: Membership): Promise<number> {
    const beat = (to: Connection) => heartbeatV4.api.async(to, group, generation, memberId, null);
    return (await this.#askCoordinator(group, beat)).errorCode;
  }

  async leave(group: string, memberId: string): Promise<number> {
    const leave = (to: Connection) =>
      leaveGroupV5.api.async(to, group, [{ memberId, groupInstanceId: null, reason: null }]);
    return (await this.#askCoordinator(group, leave)).errorCode;
  }

  async commit({ group, generation, memberId }: Membership, offsets: readonly PartitionOffset[]) {
    const partitions = offsets.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const answer = await this.#askCoordinator(group, (to) =>
      offsetCommitV8.api.async(to, group, generation, memberId, null, [{ name: this.#topic, partitions }]),
    );
    return answer.topics
      .flatMap((topic) => topic.partitions)
      .map(({ partitionIndex, errorCode }) => ({ partition: partitionIndex, code: errorCode }));
  }

  async readCommitted(group: string, partitions: readonly number[]): Promise<readonly PartitionOffset[]> {
    const topics = [{ name: this.#topic, partitionIndexes: [...partitions] }];
    const answer = await this.#askCoordinator(group, (to) =>
      offsetFetchV8.api.async(to, [{ groupId: group, memberEpoch: -1, topics }], false),
    );
    return answer.groups
      .flatMap((found) => found.topics)
      .flatMap((topic) => topic.partitions)
      .map(({ partitionIndex, committedOffset }) => ({ partition: partitionIndex, offset: Number(committedOffset) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }

  #anyBroker(): () => Promise<Connection> {
    return () => this.#pool.getFirstAvailable([...this.#brokers.values(), ...this.#bootstrap]);
  }

  #broker(id: number): () => Promise<Connection> {
    return () => {
      const broker = this.#brokers.get(id);
      if (broker === undefined) throw new JournalError('failed', `there is no broker ${id} now`);
      return this.#pool.get(broker);
    };
  }

  /** The coordinator moves when its broker goes: its own word, or its silence, has it looked for again. */
  async #askCoordinator<T extends object>(
    group: string,
    request: (to: Connection) => Promise<T>,
    waitMs: number = 0,
  ): Promise<T> {
    try {
      const coordinator = (this.#coordinator ??= await this.#findCoordinator(group));
      const answer = await this.#ask(() => this.#pool.get(coordinator), request, waitMs);
      if (hasMoved(answer)) this.#coordinator = null;
      return answer;
    } catch (error) {
      this.#coordinator = null;
      throw error;
    }
  }

  async #findCoordinator(group: string): Promise<Broker> {
    const answer = await this.#ask(this.#anyBroker(), (to) => findCoordinatorV4.api.async(to, GROUP_KEY, [group]));
    const [found] = answer.coordinators;
    if (found === undefined || found.errorCode !== OK) {
      throw new JournalError('failed', `the group has no coordinator: Kafka's error ${found?.errorCode ?? 0}`);
    }
    return { host: found.host, port: found.port };
  }

  /** `waitMs`: what the request waits by design. */
  async #ask<T>(
    connect: () => Promise<Connection>,
    request: (to: Connection) => Promise<T>,
    waitMs: number = 0,
  ): Promise<T> {
    let connection: Connection | undefined;
    try {
      connection = await connect();
      this.#watch(connection);
      return await within(answerOf(request(connection)), waitMs + REQUEST_MS_MAX);
    } catch (cause) {
      // An answer that came late would be taken for another's.
      if (connection !== undefined) void connection.close().catch(() => undefined);
      throw toJournalError(cause);
    }
  }

  /** An error that is on its way to whoever asked must not end the process as well. */
  #watch(connection: Connection): void {
    if (this.#watched.has(connection)) return;
    this.#watched.add(connection);
    connection.on('error', () => {});
  }
}

/** The library rejects with answers that have error codes in them: to us they are answers. */
async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the very answer that the request would have given
    if (error instanceof ResponseError) return error['response'] as T;
    throw error;
  }
}

function tlsOptions({ ca, cert, key, isVerified = true }: KafkaTls) {
  return {
    rejectUnauthorized: isVerified,
    ...(ca !== null && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function hasMoved(answer: object): boolean {
  return (
    'errorCode' in answer && (answer.errorCode === NOT_COORDINATOR || answer.errorCode === COORDINATOR_NOT_AVAILABLE)
  );
}

async function within<T>(request: Promise<T>, msMax: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new JournalError('failed', `no answer within ${msMax} ms`)), msMax);
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toJournalError(cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause;
  const parts = cause instanceof AggregateError ? cause.errors : [cause];
  const refusal = parts.flatMap(causesOf).find((part) => part instanceof AuthenticationError);
  if (refusal !== undefined) return new JournalError('refused', 'the brokers refuse the credentials', { cause });
  const reasons = parts.flatMap(causesOf).map((part) => (part instanceof Error ? part.message : String(part)));
  return new JournalError('failed', [...new Set(reasons)].join(' '), { cause });
}

function causesOf(error: unknown): unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...causesOf(error.cause)] : [error];
}

function readBroker(text: string): Broker {
  const colonAt = text.lastIndexOf(':');
  return { host: text.slice(0, colonAt).replace(/^\[|\]$/g, ''), port: Number(text.slice(colonAt + 1)) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
