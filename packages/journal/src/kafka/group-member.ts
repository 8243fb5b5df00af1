import { setTimeout as sleep } from 'node:timers/promises';
import {
  GROUP_NOT_ALLOWED,
  MEMBER_ID_REQUIRED,
  OK,
  REBALANCE_IN_PROGRESS,
  TOPIC_NOT_ALLOWED,
  UNKNOWN_MEMBER,
} from './codes.ts';
import { encodeAssignment, encodeSubscription, readAssignment, sharePartitions } from './group-bytes.ts';
import { HEARTBEAT_MS, RETRY_MS_MAX, RETRY_MS_MIN, SESSION_MS } from './limits.ts';
import { JournalError } from '../journal.ts';
import type { KafkaWire, Membership, PartitionOffset } from './wire.ts';

export interface GroupMemberOptions {
  readonly wire: Pick<KafkaWire, 'describeTopic' | 'join' | 'sync' | 'heartbeat' | 'leave' | 'commit'>;
  readonly topic: string;
  readonly group: string;
  readonly events: GroupEvents;
  readonly nowMs?: () => number;
}

export interface GroupEvents {
  /** These partitions are this process's, of so many in all. */
  readonly assigned: (partitions: readonly number[], partitionCount: number) => void;
  /**
   * Nothing is to be begun with them from now on. Resolves when nothing of them is being written: only then is the
   * group joined again, so that the next owner sees all that this one wrote.
   */
  readonly revoked: () => Promise<void>;
  readonly failing: (reason: string) => void;
}

/**
 * This process as a member of a consumer group, by Kafka's classic protocol: join, share out (the leader does), send
 * heartbeats; begin anew when told so. The broker hands partitions on once all old members have joined again or
 * have been silent for `SESSION_MS`.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #nowMs: () => number;
  readonly #running: Promise<void>;
  #memberId = '';
  #generation = -1;
  #hasPartitions = false;
  /** Of the last heartbeat that was answered well, when it was sent. */
  #heardMs = 0;
  #mustRejoin = false;
  #isClosing = false;
  #wake: () => void = () => {};

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#running = this.#run();
  }

  /** False once the partitions are, or may be, another's. From then on it stays false until the next `assigned`. */
  get isOwner(): boolean {
    if (this.#hasPartitions && this.#nowMs() - this.#heardMs > SESSION_MS) this.#hasPartitions = false;
    return this.#hasPartitions;
  }

  /** The partitions are to be shared out anew: there are more of them than before. */
  rejoin(): void {
    this.#mustRejoin = true;
    this.#wake();
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    if (this.#generation >= 0) await this.#options.wire.commit(this.#membership, offsets);
  }

  /** Ends what is being written, then leaves, so that others need not wait for the silence. */
  async close(beforeLeaving: () => Promise<void>): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    await this.#running;
    const { wire, group } = this.#options;
    try {
      await beforeLeaving();
      if (this.#memberId !== '') await wire.leave(group, this.#memberId);
    } catch (error) {
      this.#options.events.failing(messageOf(error));
    }
  }

  get #membership(): Membership {
    return { group: this.#options.group, memberId: this.#memberId, generation: this.#generation };
  }

  async #run(): Promise<void> {
    let retryMs = RETRY_MS_MIN;
    while (!this.#isClosing) {
      try {
        if (await this.#join()) {
          retryMs = RETRY_MS_MIN;
          await this.#stay();
        } else await this.#pause(RETRY_MS_MIN);
      } catch (error) {
        this.#options.events.failing(messageOf(error));
        await this.#pause(retryMs);
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
      }
      await this.#giveUpPartitions();
    }
  }

  /** False when it has to be tried again. */
  async #join(): Promise<boolean> {
    const { wire, topic, group, events } = this.#options;
    this.#mustRejoin = false;
    const joinedMs = this.#nowMs();
    const subscription = encodeSubscription(topic);
    const joined = await wire.join({ group, memberId: this.#memberId, subscription });
    if (joined.code === MEMBER_ID_REQUIRED) this.#memberId = joined.memberId;
    if (!this.#isGood(joined.code)) return false;
    this.#memberId = joined.memberId;
    this.#generation = joined.generation;

    const { partitions } = await wire.describeTopic();
    const shares = joined.isLeader ? sharePartitions(joined.memberIds, partitions.length) : new Map<string, number[]>();
    const assignments = new Map([...shares].map(([id, share]) => [id, encodeAssignment(topic, share)]));
    const synced = await wire.sync({ ...this.#membership, assignments });
    if (!this.#isGood(synced.code)) return false;
    // The session begins when the broker answers the join; it can only have been later than this.
    this.#heardMs = Math.max(joinedMs, this.#nowMs() - HEARTBEAT_MS);
    this.#hasPartitions = true;
    events.assigned(readAssignment(synced.assignment, topic), partitions.length);
    return true;
  }

  #isGood(code: number): boolean {
    if (code === OK) return true;
    if (code === TOPIC_NOT_ALLOWED || code === GROUP_NOT_ALLOWED) {
      throw new JournalError('refused', 'these credentials may not read the topic as this group');
    }
    if (code === UNKNOWN_MEMBER) this.#memberId = '';
    return false;
  }

  /** Resolves when the group has to be joined again. */
  async #stay(): Promise<void> {
    while (!this.#isClosing && !this.#mustRejoin) {
      await this.#pause(HEARTBEAT_MS);
      if (!(await this.#beat())) return;
    }
  }

  /** False when this process is, or may be, no member of this generation any more. */
  async #beat(): Promise<boolean> {
    const sentMs = this.#nowMs();
    try {
      const code = await this.#options.wire.heartbeat(this.#membership);
      if (code === OK) {
        // What was looked upon as lost stays so.
        if (!this.isOwner) return false;
        this.#heardMs = sentMs;
        return true;
      }
      if (code === UNKNOWN_MEMBER) this.#memberId = '';
      if (code === REBALANCE_IN_PROGRESS || !isPassing(code)) return false;
    } catch (error) {
      this.#options.events.failing(messageOf(error));
    }
    return this.isOwner;
  }

  /** While the last batch ends, the broker must not take this process for dead. */
  async #giveUpPartitions(): Promise<void> {
    this.#hasPartitions = false;
    const done = this.#options.events.revoked().then(() => true);
    while (!(await Promise.race([done, sleep(HEARTBEAT_MS, false)]))) {
      if (this.#memberId !== '') await this.#options.wire.heartbeat(this.#membership).catch(() => undefined);
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isClosing || this.#mustRejoin) return;
    const aborting = new AbortController();
    this.#wake = () => aborting.abort();
    await sleep(ms, undefined, { signal: aborting.signal }).catch(() => undefined);
  }
}

/** The coordinator is on its way to another broker: COORDINATOR_LOAD_IN_PROGRESS and its like. */
function isPassing(code: number): boolean {
  return code === 14 || code === 15 || code === 16;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
