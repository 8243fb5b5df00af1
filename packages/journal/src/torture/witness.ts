import type { DamagedDetail, Journal, JournalEvents, JournalReader, JournalRecord } from '../journal.ts';

const ID_BYTES = 4;

/**
 * Writes down what was appended and acknowledged, plays the store that takes what is read, and holds both against
 * the promises: nothing acknowledged is lost, nothing comes twice, nothing is invented or out of order.
 */
export class Witness implements JournalEvents {
  readonly violations: string[] = [];
  /** The size of each record made; its index is the record's id. */
  readonly #sizesBytes: number[] = [];
  readonly #acknowledgedIds = new Map<number, number>();
  readonly #storedIds = new Set<number>();
  #acknowledgedSequence = 0;
  #storedSequence = 0;
  #lostCount = 0;
  #isStopped = false;

  /** The last sequence that the store has. */
  get storedSequence(): number {
    return this.#storedSequence;
  }

  get acknowledgedCount(): number {
    return this.#acknowledgedIds.size;
  }

  /** Records met since the beginning: stored, or reported as lost. */
  get metCount(): number {
    return this.#storedIds.size + this.#lostCount;
  }

  /** The machine is off: nothing is seen until `resume`. */
  stop(): void {
    this.#isStopped = true;
  }

  resume(): void {
    this.#isStopped = false;
  }

  /** Appends new records of these sizes; false when they were refused. */
  async append(journal: Journal, sizesBytes: readonly number[]): Promise<boolean> {
    const firstId = this.#sizesBytes.length;
    const records = sizesBytes.map((sizeBytes) => this.#makeRecord(sizeBytes));
    try {
      const lastSequence = await journal.append(records);
      if (!this.#isStopped) this.#acknowledge(firstId, records.length, lastSequence);
      return true;
    } catch {
      return false;
    }
  }

  /** Reads once and stores what comes; false when nothing came. */
  async read(reader: JournalReader, journal: Journal, bytesMax: number): Promise<boolean> {
    const committed = journal.committedSequence;
    const found = await reader.read(committed, bytesMax);
    if (this.#isStopped) return false;
    for (const record of found) this.#store(record);
    if (found.length === 0) this.#checkNothingLost(committed);
    return found.length > 0;
  }

  damaged({ kind, afterSequence }: DamagedDetail): void {
    if (!this.#isStopped && kind === 'missing') this.violations.push(`missing after ${afterSequence}`);
  }

  /** The events of a reader: what it reports as lost is counted, as the storage thread does. */
  readonly whileReading: JournalEvents = {
    damaged: (detail) => {
      const { afterSequence, beforeSequence } = detail;
      if (beforeSequence !== null) {
        this.#lostCount += Math.max(0, beforeSequence - 1 - Math.max(afterSequence, this.#storedSequence));
      }
      this.damaged(detail);
    },
  };

  #makeRecord(sizeBytes: number): Buffer {
    const id = this.#sizesBytes.push(sizeBytes) - 1;
    const record = Buffer.alloc(ID_BYTES + sizeBytes, fillOf(id));
    record.writeUInt32LE(id);
    return record;
  }

  #acknowledge(firstId: number, count: number, lastSequence: number): void {
    const first = lastSequence - count + 1;
    if (first <= this.#acknowledgedSequence) this.violations.push(`${first} after ${this.#acknowledgedSequence}`);
    this.#acknowledgedSequence = lastSequence;
    for (let index = 0; index < count; index++) this.#acknowledgedIds.set(first + index, firstId + index);
  }

  #store({ sequence, bytes }: JournalRecord): void {
    const id = bytes.byteLength < ID_BYTES ? -1 : Buffer.from(bytes).readUInt32LE();
    if (bytes.byteLength - ID_BYTES !== this.#sizesBytes[id]) this.violations.push(`${sequence} was never appended`);
    if (bytes.subarray(ID_BYTES).some((byte) => byte !== fillOf(id))) this.violations.push(`${sequence} was changed`);
    if (this.#storedIds.has(id)) this.violations.push(`${sequence} came twice`);
    if ((this.#acknowledgedIds.get(sequence) ?? id) !== id) this.violations.push(`${sequence} is another record`);
    if (sequence <= this.#storedSequence) this.violations.push(`${sequence} after ${this.#storedSequence}`);
    this.#checkNothingLost(sequence - 1);
    this.#storedIds.add(id);
    this.#storedSequence = sequence;
  }

  #checkNothingLost(upTo: number): void {
    for (let sequence = this.#storedSequence + 1; sequence <= upTo; sequence++) {
      if (this.#acknowledgedIds.has(sequence)) this.violations.push(`${sequence} was lost`);
    }
  }
}

function fillOf(id: number): number {
  return id % 251;
}
