import { CLIENT_TYPE, type Json, type JsonObject } from '@fluoroscope/model';
import type { Condition } from '@fluoroscope/store';
import type { EdgeNode, FilterNode, Selector } from './ast.ts';
import { KEYWORDS } from './keywords.ts';
import { outcomesOf } from './outcomes.ts';
import {
  ALL,
  annotationCondition,
  checked,
  keywordCondition,
  NONE,
  outcomeCondition,
  serviceCondition,
} from './row-condition.ts';
import { readBooleanTest, readTextTest } from './typed-test.ts';

/**
 * What rows tell of an expression: every trace that `lower` matches satisfies it, and every trace that satisfies it
 * is matched by `upper`. Both are one object when the rows tell all.
 */
export interface Bounds {
  readonly upper: Condition;
  readonly lower: Condition;
}

/** Of the traces that `upper` matches, those that must be looked at. */
export function between({ upper, lower }: Bounds): Condition {
  return every([upper, not(lower)]);
}

/** Of a checked expression outside braces. */
export function boundsOf(node: FilterNode): Bounds {
  switch (node.kind) {
    case 'and':
    case 'or':
      return join(node.kind, node.terms.map(boundsOf));
    case 'not':
      return negate(boundsOf(node.term));
    case 'keyword':
      return boundsOfKeyword(keywordCondition(node), node);
    case 'annotation':
      return exactly(annotationCondition(node));
    case 'service': {
      if (node.body === null) return exactly(serviceCondition(node.service));
      const { possible, certain } = outcomesOf(node.body);
      return {
        upper: every([outcomeCondition(node.service, possible, true), upperOfBody(node.body, 'service')]),
        lower: outcomeCondition(node.service, certain, false),
      };
    }
    case 'edge':
      return atMost(upperOfEdge(node));
    case 'entity':
      return exactly(serviceCondition(node.entity));
    case 'root-cause':
      return atMost(node.list === 'service' && node.body !== null ? upperOfCauseService(node.body) : ANY_SERVICE);
    case 'root-cause-json':
      return atMost(every([ANY_SERVICE, ...node.patterns.flatMap(namedServices)]));
    case 'group': {
      const bounds = node.expression === null ? exactly(ALL) : boundsOf(node.expression);
      return node.negated ? negate(bounds) : bounds;
    }
    default:
      return node satisfies never;
  }
}

export function isExact({ upper, lower }: Bounds): boolean {
  return upper === lower;
}

function exactly(condition: Condition): Bounds {
  return { upper: condition, lower: condition };
}

function atMost(upper: Condition): Bounds {
  return { upper, lower: NONE };
}

function boundsOfKeyword(condition: Condition | null, node: FilterNode & { readonly kind: 'keyword' }): Bounds {
  if (condition !== null) return exactly(condition);
  const keyword = KEYWORDS.get(node.name);
  if (keyword?.type !== 'text' || keyword.names !== 'accountIds') return atMost(ALL);
  const test = checked(readTextTest(node.name, node.test));
  const isEqual = test?.is === '=';
  return atMost({ op: 'service', name: null, type: null, accountId: isEqual ? test.value : null });
}

function join(op: 'and' | 'or', bounds: readonly Bounds[]): Bounds {
  if (bounds.every(isExact)) return exactly({ op, terms: bounds.map(({ upper }) => upper) });
  const joined = op === 'and' ? every : some;
  return { upper: joined(bounds.map(({ upper }) => upper)), lower: joined(bounds.map(({ lower }) => lower)) };
}

function negate(bounds: Bounds): Bounds {
  if (isExact(bounds)) return exactly({ op: 'not', term: bounds.upper });
  return { upper: not(bounds.lower), lower: not(bounds.upper) };
}

function not(term: Condition): Condition {
  if (term === ALL) return NONE;
  return term === NONE ? ALL : { op: 'not', term };
}

function every(terms: readonly Condition[]): Condition {
  if (terms.includes(NONE)) return NONE;
  const kept = terms.filter((term) => term !== ALL);
  const [only = ALL] = kept;
  return kept.length < 2 ? only : { op: 'and', terms: kept };
}

function some(terms: readonly Condition[]): Condition {
  if (terms.includes(ALL)) return ALL;
  const kept = terms.filter((term) => term !== NONE);
  const [only = NONE] = kept;
  return kept.length < 2 ? only : { op: 'or', terms: kept };
}

function upperOfEdge({ source, destination, body }: EdgeNode): Condition {
  return every([
    callerCondition(source),
    serviceCondition(destination),
    body === null ? ALL : upperOfBody(body, 'edge'),
  ]);
}

/** Clients are no services of a row; a client has the name of the service that it calls. */
function callerCondition(source: Selector | null): Condition {
  if (source?.type !== CLIENT_TYPE) return source === null ? ALL : serviceCondition(source);
  return source.name === null ? ALL : serviceCondition({ ...source, type: null, accountId: null });
}

/** That some segment (call) of the trace satisfies it: what is denied may hold of another one, so it tells nothing. */
function upperOfBody(node: FilterNode, place: 'service' | 'edge'): Condition {
  switch (node.kind) {
    case 'and':
      return every(node.terms.map((term) => upperOfBody(term, place)));
    case 'or':
      return some(node.terms.map((term) => upperOfBody(term, place)));
    case 'keyword':
      return upperOfKeyword(node, place);
    case 'annotation':
      // A boolean of one segment says nothing against the value of another.
      return node.test === null ? { op: 'annotation-set', key: node.key } : annotationCondition(node);
    case 'not':
    case 'service':
    case 'edge':
    case 'entity':
    case 'root-cause':
    case 'root-cause-json':
    case 'group':
      return ALL;
    default:
      return node satisfies never;
  }
}

/** A cause begins at a segment, and its services are nodes of the trace. */
const ANY_SERVICE: Condition = serviceCondition(null);

/** That some service of a cause satisfies it. */
function upperOfCauseService(node: FilterNode): Condition {
  if (node.kind === 'and') return every([ANY_SERVICE, ...node.terms.map(upperOfCauseService)]);
  if (node.kind === 'or') return some(node.terms.map(upperOfCauseService));
  if (node.kind !== 'keyword' || node.name !== 'name') return ANY_SERVICE;
  const test = checked(readTextTest(node.name, node.test));
  return test?.is === '=' ? serviceNamed(test.value) : ANY_SERVICE;
}

function namedServices({ Services: services }: JsonObject): readonly Condition[] {
  if (!isList(services)) return [];
  return services.flatMap((service) => {
    const name = typeof service === 'object' && service !== null && !isList(service) ? service['Name'] : undefined;
    return typeof name === 'string' ? [serviceNamed(name)] : [];
  });
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function serviceNamed(name: string): Condition {
  return { op: 'service', name, type: null, accountId: null };
}

/** Those that hold of a trace when they hold of any of its segments, or calls. */
const OF_ANY: { readonly [Place in 'service' | 'edge']: ReadonlySet<string> } = {
  service: new Set(['throttle', 'partial', 'inferred', 'user']),
  edge: new Set(['inferred']),
};

function upperOfKeyword(node: FilterNode & { readonly kind: 'keyword' }, place: 'service' | 'edge'): Condition {
  if (!OF_ANY[place].has(node.name)) return ALL;
  const keyword = KEYWORDS.get(node.name);
  if (keyword?.type === 'boolean' && !checked(readBooleanTest(node.name, node.test))) return ALL;
  return keywordCondition(node) ?? ALL;
}
