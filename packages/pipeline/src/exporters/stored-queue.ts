import { readAcceptedDocument } from '@fluoroscope/model';
import { PipelineError } from '../pipeline-error.ts';
import { textOf, type Parcel, type Stage } from '../stage.ts';
import type { BatchStore, StoredBatch } from './batch-store.ts';
import { createParcelQueue } from './parcel-queue.ts';
import { createDelivery, type ExporterEvents, type Send, type SendingQueueOptions } from './sending-queue.ts';

export interface StoredQueueOptions extends Omit<SendingQueueOptions, 'bytesMax'> {
  /** Disposed with the queue. */
  readonly store: BatchStore;
}

export interface StoredQueueEvents extends ExporterEvents {
  /** Batches that cannot be read. */
  readonly damaged: (batches: number) => void;
  readonly troubled: (what: string, error: unknown) => void;
}

/** What one call carries. */
interface Part {
  readonly firstSequence: number;
  readonly segments: number;
  readonly bytes: number;
  /** Without those that could not be read. */
  readonly parcels: readonly Parcel[];
}

/** Of one batch: its count has two bytes. */
const BATCH_DOCUMENTS_MAX = 65_535;
/** Of one batch: a small part of any store. */
const BATCH_BYTES_MAX = 1024 * 1024;
/** Between two looks whether there is room for the rest of what was taken in part, and after the disk refused. */
const RETRY_MS = 100;
const CLOSE_MS_MAX = 10_000;

/**
 * As the sending queue, but what waits is in a store and survives the process: `consume` resolves once it is kept there. At the
 * end nothing more is begun; what is not sent stays. After a crash some of it is sent twice.
 */
export function createStoredQueue(send: Send, options: StoredQueueOptions, events: StoredQueueEvents): Stage {
  const queue = new StoredQueue(send, options, events);
  return {
    consume: (parcels) => queue.consume(parcels),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

class StoredQueue implements Stage {
  readonly #options: StoredQueueOptions;
  readonly #events: StoredQueueEvents;
  readonly #closing = new AbortController();
  readonly #stopping = new AbortController();
  readonly #deliver: ReturnType<typeof createDelivery>;
  readonly #documentsMax: number;
  readonly #bytesMax: number;
  /** Being sent, by first sequence; what was stopped stays here, and in the store. */
  readonly #active = new Map<number, Promise<void>>();
  #readSequence = 0;
  /** Of what has been read and is not yet being sent. */
  #heldSequence: number | null = null;
  /** Documents known of: taken since the start, or read. */
  #count = 0;
  #reading: Promise<void> | null = null;
  #isMore = false;

  constructor(send: Send, options: StoredQueueOptions, events: StoredQueueEvents) {
    this.#options = options;
    this.#events = events;
    const signals = { closing: this.#closing.signal, stopping: this.#stopping.signal };
    this.#deliver = createDelivery(send, options, events, signals);
    this.#documentsMax = Math.min(options.batchDocumentsMax, BATCH_DOCUMENTS_MAX);
    this.#bytesMax = Math.min(options.batchBytesMax, BATCH_BYTES_MAX);
    this.#pump();
  }

  async consume(parcels: readonly Parcel[]): Promise<void> {
    if (this.#isStopped) throw new PipelineError('closed', 'exporter');
    if (this.#count > 0 && this.#count + parcels.length > this.#options.documentsMax) {
      throw new PipelineError('full', `exporter: ${this.#count} documents wait already`);
    }
    const waiting = createParcelQueue();
    waiting.add(parcels);
    for (let isFirst = true; !waiting.isEmpty(); isFirst = false) {
      await this.#keep(waiting.takeBatch(this.#documentsMax, this.#bytesMax), isFirst);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#closing.abort(), this.#options.closeMs ?? CLOSE_MS_MAX);
    await Promise.all(this.#active.values());
    clearTimeout(timer);
    await this.#options.store[Symbol.asyncDispose]();
    await this.#reading;
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** When there is no room for a later part of what a sender gave, it waits: the sender would give all of it again. */
  async #keep(part: readonly Parcel[], isFirst: boolean): Promise<void> {
    // Counted before: it may be sent before its writing is told.
    this.#addCount(part.length);
    try {
      while (!(await this.#append(part))) {
        if (isFirst || this.#isStopped) throw new PipelineError('full', 'exporter: its storage is full');
        await sleep(RETRY_MS);
      }
    } catch (error) {
      this.#addCount(-part.length);
      throw error;
    }
    this.#pump();
  }

  async #append(part: readonly Parcel[]): Promise<boolean> {
    try {
      return await this.#options.store.append({ segments: part.length, body: printParcels(part) });
    } catch (cause) {
      if (cause instanceof PipelineError) throw cause;
      this.#events.troubled('storage', cause);
      throw new PipelineError('full', 'exporter: its storage refuses', { cause });
    }
  }

  #addCount(documents: number): void {
    this.#count += documents;
    this.#events.queued(this.#count);
  }

  #pump(): void {
    this.#isMore = true;
    this.#reading ??= this.#read()
      .catch(async (error: unknown) => {
        if (this.#isStopped) return;
        this.#events.troubled('storage', error);
        await sleep(RETRY_MS);
        this.#isMore = true;
      })
      .finally(() => {
        this.#reading = null;
        if (this.#isMore && !this.#isStopped && this.#active.size < this.#options.consumers) this.#pump();
      });
  }

  async #read(): Promise<void> {
    while (this.#isMore && !this.#isStopped && this.#active.size < this.#options.consumers) {
      this.#isMore = false;
      const part = await this.#readPart();
      if (part === null || this.#isStopped) continue;
      this.#isMore = true;
      this.#active.set(
        part.firstSequence,
        Promise.resolve(part).then((read) => this.#work(read)),
      );
      this.#heldSequence = null;
    }
  }

  /** As many batches as make one that is worth a call: what comes one by one is not sent so. Null when there are none. */
  async #readPart(): Promise<Part | null> {
    const { store } = this.#options;
    let part: Part | null = null;
    for (;;) {
      const batch: StoredBatch | null = await this.#next(part);
      if (batch === null) return part;
      this.#heldSequence ??= batch.sequence;
      this.#readSequence = batch.sequence;
      if (batch.sequence <= store.recoveredSequence) this.#addCount(batch.segments);
      part = this.#joined(part, batch);
    }
  }

  /** What still fits; after an error, that is nothing, and the error comes again. */
  async #next(part: Part | null): Promise<StoredBatch | null> {
    const asking = this.#options.store.after(this.#readSequence);
    if (part === null) return asking;
    const batch = await asking.catch(() => null);
    if (batch === null) return null;
    const isTooMuch =
      part.segments + batch.segments > this.#documentsMax || part.bytes + batch.body.byteLength > this.#bytesMax;
    return isTooMuch ? null : batch;
  }

  #joined(part: Part | null, { sequence, segments, body }: StoredBatch): Part {
    const parcels = readParcels(body);
    if (parcels === null) this.#events.damaged(1);
    return {
      firstSequence: part?.firstSequence ?? sequence,
      segments: (part?.segments ?? 0) + segments,
      bytes: (part?.bytes ?? 0) + body.byteLength,
      parcels: [...(part?.parcels ?? []), ...(parcels ?? [])],
    };
  }

  async #work(part: Part): Promise<void> {
    if (part.parcels.length > 0 && (await this.#deliver(part.parcels)) !== null) return;
    this.#active.delete(part.firstSequence);
    await this.#letGo();
    this.#addCount(-part.segments);
    this.#pump();
  }

  /** Batches end in any order, the store lets go in its own: all before the first that is not sent. */
  async #letGo(): Promise<void> {
    const left = [...this.#active.keys(), this.#heldSequence ?? this.#readSequence + 1];
    const done = Math.min(...left) - 1;
    await this.#options.store.done(done).catch((error: unknown) => this.#events.troubled('storage', error));
  }
}

/** body = *( size " " document LF )   ; size: of the parcel, in decimal; document: JSON in one line */
function printParcels(parcels: readonly Parcel[]): Buffer {
  return Buffer.from(parcels.map((parcel) => `${parcel.bytes} ${textOf(parcel)}\n`).join(''));
}

/** Null when it is not of that form. */
function readParcels(body: Buffer): readonly Parcel[] | null {
  try {
    const lines = body.toString().trimEnd().split('\n');
    return lines.map((line) => {
      const blank = line.indexOf(' ');
      return { bytes: Number(line.slice(0, blank)), document: readAcceptedDocument(line.slice(blank + 1)) };
    });
  } catch {
    return null;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
