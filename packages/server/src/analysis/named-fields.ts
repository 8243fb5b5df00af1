import type { FilterNode, FilterPlan } from '@fluoroscope/query';

/** What expressions are about: sets made by them differ there for that reason alone. */
export interface NamedFields {
  readonly fields: ReadonlySet<string>;
  /** Names of services that traces pass, or connections begin or end at. */
  readonly services: ReadonlySet<string>;
}

/** A status decides the outcome, and the outcome tells much of the status; the two times are nearly one. */
const OUTCOME = ['outcome', 'status'];
const TIMES = ['responsetime', 'duration'];

const FIELDS_OF_KEYWORD: ReadonlyMap<string, readonly string[]> = new Map([
  ...['ok', 'error', 'throttle', 'fault'].map((name) => [name, OUTCOME] as const),
  ['partial', ['outcome']],
  ['http.status', OUTCOME],
  ['responsetime', TIMES],
  ['duration', TIMES],
  ['http.url', ['url']],
  ['http.method', ['method']],
  ['http.clientip', ['client']],
  ['http.useragent', ['agent']],
  ['user', ['user']],
  ['availabilityzone', ['zone']],
  ['instance.id', ['instance']],
  ['resource.arn', ['resource']],
]);

export function namedFields(plans: readonly FilterPlan[]): NamedFields {
  const named = { fields: new Set<string>(), services: new Set<string>() };
  for (const { node } of plans) if (node !== null) collect(node, named);
  return named;
}

interface Found {
  readonly fields: Set<string>;
  readonly services: Set<string>;
}

/** What stands in braces is about segments: the trace's own figures may well differ, and are worth showing. */
function collect(node: FilterNode, found: Found): void {
  switch (node.kind) {
    case 'and':
    case 'or':
      for (const term of node.terms) collect(term, found);
      return;
    case 'not':
      collect(node.term, found);
      return;
    case 'keyword':
      for (const field of FIELDS_OF_KEYWORD.get(node.name) ?? []) found.fields.add(field);
      return;
    case 'annotation':
      found.fields.add(`annotation.${node.key}`);
      return;
    case 'service':
      addName(node.service, found);
      return;
    case 'edge':
      addName(node.source, found);
      addName(node.destination, found);
      return;
    case 'entity':
      addName(node.entity, found);
      return;
    case 'root-cause':
      for (const field of node.cause === 'responsetime' ? TIMES : OUTCOME) found.fields.add(field);
      return;
    case 'root-cause-json':
      return;
    case 'group':
      if (node.expression !== null) collect(node.expression, found);
      return;
    default:
      node satisfies never;
  }
}

function addName(selector: { readonly name: string | null } | null, { services }: Found): void {
  if (selector !== null && selector.name !== null) services.add(selector.name);
}
