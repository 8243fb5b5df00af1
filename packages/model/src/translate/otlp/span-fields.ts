import { readKey, type AttributeKey } from './attribute-key.ts';
import type { OtlpAttribute, OtlpResource, OtlpSpan } from './span.ts';

/** Attributes by key; of a key given twice the first counts. */
export class Fields {
  readonly #attributes: readonly OtlpAttribute[];
  /** What is known of the key of each. */
  readonly keys: readonly AttributeKey[];
  readonly #families: number;
  /** Whether no key comes twice, as far as that is known without a Map. */
  readonly #areDistinct: boolean;
  #byKey: ReadonlyMap<string, OtlpAttribute> | undefined;

  constructor(attributes: readonly OtlpAttribute[]) {
    const keys: AttributeKey[] = [];
    let families = 0;
    let areDistinct = true;
    listsMade += 1;
    for (const attribute of attributes) {
      const key = readKey(attribute.key);
      if (key.metIn === listsMade || !key.isKept) areDistinct = false;
      key.metIn = listsMade;
      families |= key.family;
      keys.push(key);
    }
    this.#attributes = attributes;
    this.keys = keys;
    this.#families = families;
    this.#areDistinct = areDistinct;
  }

  get size(): number {
    return this.#areDistinct ? this.#attributes.length : this.#map().size;
  }

  /** Whether it has no key of these families. */
  lacks(families: number): boolean {
    return (this.#families & families) === 0;
  }

  /** Of one of these attributes: whether it is the first with its key. */
  isFirst(attribute: OtlpAttribute): boolean {
    return this.#areDistinct || this.#map().get(attribute.key) === attribute;
  }

  get(key: string): OtlpAttribute | undefined {
    return this.#map().get(key);
  }

  /** The first of these that is a filled text. */
  text(...keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const found = this.#map().get(key);
      if (found?.type === 'string' && found.value !== '') return found.value;
    }
    return undefined;
  }

  /** The first of these that is a number, or a text of digits. */
  number(...keys: readonly string[]): number | undefined {
    for (const key of keys) {
      const found = this.#map().get(key);
      if (found?.type === 'int' || found?.type === 'double') return Number(found.value);
      if (found?.type === 'string' && /^\d{1,15}$/.test(found.value)) return Number(found.value);
    }
    return undefined;
  }

  /** The texts of a list, or the one that is given without. */
  texts(key: string): readonly string[] {
    const found = this.#map().get(key);
    if (found?.type === 'string') return [found.value];
    if (found?.type !== 'array') return [];
    return found.value.flatMap((item) => (item.type === 'string' ? [item.value] : []));
  }

  /** Most spans have nothing that is looked up. */
  #map(): ReadonlyMap<string, OtlpAttribute> {
    return (this.#byKey ??= firstByKey(this.#attributes));
  }
}

/** Tells the lists of attributes apart. */
let listsMade = 0;

function firstByKey(attributes: readonly OtlpAttribute[]): ReadonlyMap<string, OtlpAttribute> {
  const byKey = new Map<string, OtlpAttribute>();
  for (const attribute of attributes) {
    if (!byKey.has(attribute.key)) byKey.set(attribute.key, attribute);
  }
  return byKey;
}

/** What the parts of a document are made from. */
export interface SpanSource {
  readonly span: OtlpSpan;
  readonly fields: Fields;
  readonly resource: OtlpResource;
  readonly resourceFields: Fields;
  readonly isSegment: boolean;
}
