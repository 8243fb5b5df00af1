import { createGate } from '../gate.ts';

/**
 * Which files the engine has attached: each costs it memory that nothing else bounds. A file is attached when someone is about to
 * use it, stays as long as anyone does, and is let go of when there are too many, the least recently used first.
 */
export interface Attachments<Item extends Weighed> {
  /** From here on; it is attached already. */
  add(item: Item): void;
  /** Attached when this resolves, and until the use is disposed. What was never added, such as a head, is passed over. */
  use(items: readonly object[]): Promise<Disposable>;
  /** For good, when no one uses it any more. */
  forget(item: Item): Promise<void>;
  /** Once all that is too much now has been let go of. */
  settled(): Promise<void>;
}

export interface Weighed {
  readonly documentCount: number;
}

/** More are attached only while more are used at once. */
export interface AttachmentLimits {
  readonly slicesMax: number;
  readonly documentsMax: number;
}

export interface AttachmentsOptions<Item extends Weighed> {
  readonly limits: AttachmentLimits;
  /** May be asked of one that is attached: what could not be detached. */
  readonly attach: (item: Item) => Promise<void>;
  readonly detach: (item: Item) => Promise<void>;
  /** Told that one could not be let go of. */
  readonly failed: (error: unknown) => void;
}

interface Entry<Item> {
  readonly item: Item;
  useCount: number;
}

interface Attached<Item> {
  has(entry: Entry<Item>): boolean;
  add(entry: Entry<Item>): void;
  delete(entry: Entry<Item>): void;
  /** It is used now. */
  touch(entry: Entry<Item>): void;
  areTooMany(): boolean;
  leastUsedFirst(): readonly Entry<Item>[];
}

function createAttached<Item extends Weighed>(limits: AttachmentLimits): Attached<Item> {
  const byUse = new Set<Entry<Item>>();
  let documentCount = 0;
  return {
    has: (entry) => byUse.has(entry),
    add(entry) {
      byUse.add(entry);
      documentCount += entry.item.documentCount;
    },
    delete(entry) {
      if (byUse.delete(entry)) documentCount -= entry.item.documentCount;
    },
    touch(entry) {
      if (byUse.delete(entry)) byUse.add(entry);
    },
    areTooMany: () => byUse.size > limits.slicesMax || documentCount > limits.documentsMax,
    leastUsedFirst: () => Array.from(byUse),
  };
}

// Why a file that is used is never detached:
// - files are attached and detached inside the gate only, one after another, and `attached` says what is between two turns;
// - a use is counted before it looks whether its files are attached, and both happen without a turn of the event loop between them;
// - a file leaves `attached`, with no use counted, before the engine is asked to detach it: a use that comes then waits for
//   the gate and attaches it anew.

export function createAttachments<Item extends Weighed>(options: AttachmentsOptions<Item>): Attachments<Item> {
  const { limits, attach, detach, failed } = options;
  const gate = createGate();
  const entries = new Map<object, Entry<Item>>();
  const attached = createAttached<Item>(limits);
  let isTrimAsked = false;

  function trimSoon(): void {
    if (isTrimAsked || !attached.areTooMany()) return;
    isTrimAsked = true;
    void gate(trim);
  }

  async function trim(): Promise<void> {
    // What ends while this runs asks again.
    isTrimAsked = false;
    for (const entry of attached.leastUsedFirst()) {
      if (!attached.areTooMany()) return;
      if (entry.useCount > 0) continue;
      attached.delete(entry);
      await detach(entry.item).catch(failed);
    }
  }

  async function attachOne(entry: Entry<Item>): Promise<void> {
    // Another use may have waited for the same.
    if (attached.has(entry)) return;
    await attach(entry.item);
    attached.add(entry);
    trimSoon();
  }

  return {
    add(item) {
      const entry = { item, useCount: 0 };
      entries.set(item, entry);
      attached.add(entry);
      trimSoon();
    },
    async use(items) {
      const used = items.flatMap((item) => entries.get(item) ?? []);
      for (const entry of used) {
        entry.useCount += 1;
        attached.touch(entry);
      }
      let isEnded = false;
      const end = (): void => {
        if (isEnded) return;
        isEnded = true;
        for (const entry of used) entry.useCount -= 1;
        trimSoon();
      };
      try {
        for (const entry of used) if (!attached.has(entry)) await gate(() => attachOne(entry));
      } catch (error) {
        end();
        throw error;
      }
      return { [Symbol.dispose]: end };
    },
    async forget(item) {
      const entry = entries.get(item);
      entries.delete(item);
      await gate(async () => {
        if (entry !== undefined) attached.delete(entry);
        await detach(item);
      });
    },
    settled: () => gate(async () => {}),
  };
}
