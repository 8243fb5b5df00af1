import type { OtlpAttribute, OtlpResource, OtlpSpan } from './span.ts';

/** Attributes by key; of a key given twice the first counts. */
export class Fields {
  readonly #byKey: Map<string, OtlpAttribute>;

  constructor(attributes: readonly OtlpAttribute[]) {
    this.#byKey = new Map();
    for (const attribute of attributes) {
      if (!this.#byKey.has(attribute.key)) this.#byKey.set(attribute.key, attribute);
    }
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): OtlpAttribute | undefined {
    return this.#byKey.get(key);
  }

  /** The first of these that is a filled text. */
  text(...keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const found = this.#byKey.get(key);
      if (found?.type === 'string' && found.value !== '') return found.value;
    }
    return undefined;
  }

  /** The first of these that is a number, or a text of digits. */
  number(...keys: readonly string[]): number | undefined {
    for (const key of keys) {
      const found = this.#byKey.get(key);
      if (found?.type === 'int' || found?.type === 'double') return Number(found.value);
      if (found?.type === 'string' && /^\d{1,15}$/.test(found.value)) return Number(found.value);
    }
    return undefined;
  }

  /** The texts of a list, or the one that is given without. */
  texts(key: string): readonly string[] {
    const found = this.#byKey.get(key);
    if (found?.type === 'string') return [found.value];
    if (found?.type !== 'array') return [];
    return found.value.flatMap((item) => (item.type === 'string' ? [item.value] : []));
  }
}

/** What the parts of a document are made from. */
export interface SpanSource {
  readonly span: OtlpSpan;
  readonly fields: Fields;
  readonly resource: OtlpResource;
  readonly resourceFields: Fields;
  readonly isSegment: boolean;
}
