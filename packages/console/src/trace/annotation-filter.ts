import type { Json } from '@fluoroscope/model';

/** The filter expression that finds traces with this annotation; null for a value that none can have. */
export function annotationFilter(key: string, value: Json): string | null {
  // A bracket ends the key, whatever stands before it.
  if (key === '' || /[[\]\s"]/.test(key)) return null;
  const left = /^[A-Za-z_]\w*$/.test(key) ? `annotation.${key}` : `annotation[${key}]`;
  if (typeof value === 'string') return `${left} = "${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? `${left} = ${value}` : null;
}
