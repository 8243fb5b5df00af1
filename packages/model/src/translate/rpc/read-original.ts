import type { AnnotationValue, EntityDocument } from '../../segment-document.ts';

/** The tags that a span came with: its annotations but for those that we added, and those that fitted no annotation. */
export function readOriginal(
  { annotations = {} }: Pick<EntityDocument, 'annotations'>,
  fields: { readonly [key: string]: unknown },
): Readonly<Record<string, AnnotationValue>> {
  const { added, tags } = fields;
  const ours: ReadonlySet<unknown> = new Set<unknown>(Array.isArray(added) ? added : []);
  const read = Object.entries(annotations).filter(([key]) => !ours.has(key));
  if (typeof tags !== 'object' || tags === null) return Object.fromEntries(read);
  for (const [key, value] of Object.entries<unknown>({ ...tags })) {
    if (isTagValue(value)) read.push([key, value]);
  }
  return Object.fromEntries(read);
}

function isTagValue(value: unknown): value is AnnotationValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function printTag(value: AnnotationValue): string {
  return typeof value === 'string' ? value : String(value);
}
