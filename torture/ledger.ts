import { makeDocument, type DocumentKey } from './document.ts';

/** `sent`: no answer came, so it may be stored or not. */
export type Fate = 'sent' | 'acknowledged' | 'refused';

/** What a sender asks for and tells. */
export interface Book {
  /** A new document that starts now, counted as sent. */
  readonly make: () => { readonly number: number; readonly text: string };
  readonly settle: (numbers: readonly number[], fate: 'acknowledged' | 'refused') => void;
  readonly counts: Readonly<Record<Fate, number>>;
}

/** What senders know of their documents: the side of the promise that a client sees. */
export class Ledger implements Book {
  readonly seed: number;
  readonly #startsUs: number[] = [];
  readonly #fates: Fate[] = [];
  readonly counts: Record<Fate, number> = { sent: 0, acknowledged: 0, refused: 0 };

  constructor(seed: number) {
    this.seed = seed;
  }

  /** How many documents were ever made. */
  get count(): number {
    return this.#fates.length;
  }

  make(): { readonly number: number; readonly text: string } {
    const number = this.#fates.push('sent') - 1;
    this.counts.sent++;
    this.#startsUs.push(startUsOf(number));
    return { number, text: makeDocument(this.keyOf(number)) };
  }

  settle(numbers: readonly number[], fate: 'acknowledged' | 'refused'): void {
    for (const number of numbers) {
      this.counts[this.#fates[number] ?? 'sent']--;
      this.#fates[number] = fate;
      this.counts[fate]++;
    }
  }

  keyOf(number: number): DocumentKey {
    return { seed: this.seed, number, startUs: this.#startsUs[number] ?? 0 };
  }

  /** Undefined for one that was never made. */
  fateOf(number: number): Fate | undefined {
    return this.#fates[number];
  }

  /** Numbers of the acknowledged ones from `from` on. */
  acknowledgedFrom(from: number): number[] {
    const numbers: number[] = [];
    for (let number = from; number < this.#fates.length; number++)
      if (this.#fates[number] === 'acknowledged') numbers.push(number);
    return numbers;
  }
}

/** Counts only: for runs whose documents are too many to keep account of each. */
export class Tally implements Book {
  readonly #seed: number;
  readonly counts: Record<Fate, number> = { sent: 0, acknowledged: 0, refused: 0 };
  #made = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  make(): { readonly number: number; readonly text: string } {
    const number = this.#made++;
    this.counts.sent++;
    return { number, text: makeDocument({ seed: this.#seed, number, startUs: startUsOf(number) }) };
  }

  settle(numbers: readonly number[], fate: 'acknowledged' | 'refused'): void {
    this.counts.sent -= numbers.length;
    this.counts[fate] += numbers.length;
  }
}

/** Now, in whole µs that JSON keeps as they are. */
function startUsOf(number: number): number {
  return Math.floor(Date.now()) * 1_000 + (number % 1_000);
}
