import type { RootCause } from '@fluoroscope/api';
import type { AnnotationValue, ServiceKey } from '@fluoroscope/model';
import type { NumberBand } from './number-bands.ts';

// Filter expressions that find the traces with one value of a field. Null: the language cannot say it.

/** An expression may be larger; one that a person is shown should not. */
const FILTER_CHARS_MAX = 4_000;

export function textFilter(keyword: string, value: string | null): string | null {
  return value === null ? `!${keyword}` : bounded(`${keyword} = ${quoted(value)}`);
}

export function numberFilter(keyword: string, value: number | null): string | null {
  return value === null ? `!${keyword}` : `${keyword} = ${printNumber(value)}`;
}

export function serviceFilter({ name, type, accountId }: ServiceKey, body = ''): string | null {
  const inside = body === '' ? '' : ` { ${body} }`;
  if (type === null && accountId === null) return bounded(`service(${quoted(name)})${inside}`);
  const parts = [
    `name: ${quoted(name)}`,
    ...(type === null ? [] : [`type: ${quoted(type)}`]),
    ...(accountId === null ? [] : [`account.id: ${quoted(accountId)}`]),
  ];
  return bounded(`service(id(${parts.join(', ')}))${inside}`);
}

/** Numbers from `from` on and below `to`, which may be without end. */
export function bandFilter(left: string, { from, to }: NumberBand): string {
  const lower = `${left} >= ${printNumber(from)}`;
  return to === null ? lower : `${lower} AND ${left} < ${printNumber(to)}`;
}

/** Null: the language cannot name the key. */
export function annotationName(key: string): string | null {
  // A bracket ends the key, whatever stands before it.
  if (key === '' || /[[\]\s"]/.test(key)) return null;
  return /^[A-Za-z_]\w*$/.test(key) ? `annotation.${key}` : `annotation[${key}]`;
}

export function annotationFilter(key: string, value: AnnotationValue | null): string | null {
  const left = annotationName(key);
  if (left === null) return null;
  // Bare, an annotation that is false counts as none.
  if (value === null) return `!${left} AND !(${left} = false)`;
  if (typeof value === 'string') return bounded(`${left} = ${quoted(value)}`);
  return `${left} = ${typeof value === 'number' ? printNumber(value) : value}`;
}

interface CauseEntity {
  readonly Name?: string;
  readonly Exceptions?: readonly { readonly Name?: string }[];
}

/** The whole path, by names. Causes of response times have no list of exceptions, which `null` asks for. */
export function causeFilter(
  kind: 'fault' | 'error' | 'responsetime',
  { Services = [] }: RootCause<CauseEntity>,
): string | null {
  const pattern = Services.map(({ Name = '', EntityPath = [] }) => ({
    Name,
    EntityPath: EntityPath.map((entity) => ({
      Name: entity.Name ?? '',
      Exceptions: entity.Exceptions?.map((exception) => ({ Name: exception.Name ?? '' })) ?? null,
    })),
  }));
  const cause = `rootcause.json = #[${JSON.stringify({ Services: pattern })}]`;
  return bounded(kind === 'responsetime' ? cause : `rootcause.${kind}.service AND ${cause}`);
}

function bounded(filter: string): string | null {
  return filter.length > FILTER_CHARS_MAX ? null : filter;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The language has no plus in an exponent. */
function printNumber(value: number): string {
  return String(value).replace('e+', 'e');
}
