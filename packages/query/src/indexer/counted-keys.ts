interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  count: number;
}

/** Up to here a list is searched; most traces stay below, and a Map costs more to make than all its look-ups. */
const LISTED_KEYS_MAX = 12;

/**
 * A multiset of keys with a value each that shows its `max` smallest keys in order. Adding and removing cost
 * the same whatever has been added before; only removing a shown key while others wait sorts again.
 */
export class CountedKeys<Value> {
  readonly #max: number;
  /** All entries while they are few, in no order; then null. */
  #listed: Entry<Value>[] | null = null;
  #mapped: Map<string, Entry<Value>> | null = null;
  #shown: Entry<Value>[] | null = null;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#mapped?.size ?? this.#listed?.length ?? 0;
  }

  get(key: string): Value | undefined {
    return this.#find(key)?.value;
  }

  add(key: string, value: Value): void {
    const entry = this.#find(key);
    if (entry !== undefined) {
      entry.count += 1;
      return;
    }
    const added = { key, value, count: 1 };
    if (this.#mapped !== null) this.#mapped.set(key, added);
    else if (this.#listed === null) this.#listed = [added];
    else if (this.#listed.push(added) > LISTED_KEYS_MAX) this.#map(this.#listed);
    if (this.#shown !== null) insert(this.#shown, added, this.#max);
  }

  remove(key: string): void {
    const entry = this.#find(key);
    if (entry === undefined) throw new Error('a key that was never added was removed');
    entry.count -= 1;
    if (entry.count > 0) return;
    if (this.#mapped !== null) this.#mapped.delete(key);
    else if (this.#listed !== null) this.#listed = this.#listed.filter((other) => other !== entry);
    if (this.#shown === null || !this.#shown.includes(entry)) return;
    this.#shown = this.size < this.#shown.length ? this.#shown.filter((other) => other !== entry) : null;
  }

  /** The entries of the smallest keys, at most `max`, ascending. */
  shown(): readonly { readonly key: string; readonly value: Value }[] {
    this.#shown ??= (this.#mapped === null ? (this.#listed ?? []).slice() : [...this.#mapped.values()])
      .sort(byKey)
      .slice(0, this.#max);
    return this.#shown;
  }

  #find(key: string): Entry<Value> | undefined {
    if (this.#mapped !== null) return this.#mapped.get(key);
    if (this.#listed === null) return undefined;
    for (const entry of this.#listed) if (entry.key === key) return entry;
    return undefined;
  }

  #map(entries: readonly Entry<Value>[]): void {
    this.#mapped = new Map(entries.map((entry) => [entry.key, entry]));
    this.#listed = null;
  }
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function insert<Value>(sorted: Entry<Value>[], added: Entry<Value>, max: number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.key ?? '') < added.key) low = middle + 1;
    else high = middle;
  }
  if (low >= max) return;
  sorted.splice(low, 0, added);
  if (sorted.length > max) sorted.pop();
}
