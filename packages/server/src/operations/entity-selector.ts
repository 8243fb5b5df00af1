import { ApiError } from '@fluoroscope/api';
import { CLIENT_TYPE, UNRESOLVED_CLIENT_TYPE, type ServiceKey } from '@fluoroscope/model';
import {
  parseFilter,
  planAll,
  planFilter,
  printFilterProblem,
  type FilterNode,
  type FilterPlan,
  type FindGroupExpression,
} from '@fluoroscope/query';
import type { EdgeSum, NodeSum } from '@fluoroscope/store';

/**
 * What an EntitySelectorExpression asks for. It is a filter expression; of the terms that AND joins, the last
 * `service(…)`, `edge(…)` or `id(…)` without braces says what is counted, and the others choose traces, as they do
 * elsewhere. Without such a term the calls of clients are counted: each request once, where it came in.
 */
export interface EntitySelector {
  readonly counts: 'services' | 'edges';
  /** Null: every trace. */
  readonly plan: FilterPlan | null;
  /** Whether an id(…) names the entity. */
  readonly isById: boolean;
  readonly hasNode: (sum: Pick<NodeSum, 'service'>) => boolean;
  readonly hasEdge: (sum: Pick<EdgeSum, 'source' | 'target'>) => boolean;
}

type EntityTerm = FilterNode & { readonly kind: 'service' | 'edge' | 'entity' };
type Pattern = { readonly name: string | null; readonly type: string | null; readonly accountId: string | null } | null;

const ANY_CLIENT: Pattern = { name: null, type: CLIENT_TYPE, accountId: null };
const BY_ID = /\bid\s*\(/i;

export function readEntitySelector(text: string | undefined, find: FindGroupExpression): EntitySelector {
  if (text === undefined) return edgesBetween(ANY_CLIENT, null, { plan: null, isById: false });
  const node = parseFilter(text);
  if (!node.ok) throw refuse(printFilterProblem(text, node.problem));
  const terms = node.value.kind === 'and' ? node.value.terms : [node.value];
  const entity = terms.findLast(isEntity);
  const others = terms.filter((term) => term !== entity);
  const common = { plan: planTerms(text, others, find), isById: BY_ID.test(text) };
  switch (entity?.kind) {
    case undefined:
      return edgesBetween(ANY_CLIENT, null, common);
    case 'edge':
      return edgesBetween(entity.source, entity.destination, common);
    case 'service':
      return services(entity.service, common);
    case 'entity':
      return services(entity.entity, common);
    default:
      return entity satisfies never;
  }
}

function isEntity(node: FilterNode): node is EntityTerm {
  if (node.kind === 'entity') return true;
  return (node.kind === 'service' || node.kind === 'edge') && node.body === null;
}

function planTerms(text: string, terms: readonly FilterNode[], find: FindGroupExpression): FilterPlan | null {
  const plans = terms.map((term) => {
    const plan = planFilter(term, find);
    if (!plan.ok) throw refuse(printFilterProblem(text, plan.problem));
    return plan.value;
  });
  return plans.length === 0 ? null : planAll(plans);
}

type Common = Pick<EntitySelector, 'plan' | 'isById'>;

function services(pattern: Pattern, common: Common): EntitySelector {
  return { ...common, counts: 'services', hasNode: ({ service }) => fits(pattern, service), hasEdge: () => false };
}

function edgesBetween(from: Pattern, to: Pattern, common: Common): EntitySelector {
  const hasEdge: EntitySelector['hasEdge'] = ({ source, target }) => fits(from, source) && fits(to, target);
  return { ...common, counts: 'edges', hasNode: () => false, hasEdge };
}

function fits(pattern: Pattern, { name, type, accountId }: ServiceKey): boolean {
  if (pattern === null) return true;
  const shownType = type === UNRESOLVED_CLIENT_TYPE ? CLIENT_TYPE : type;
  return (
    (pattern.name === null || pattern.name === name) &&
    (pattern.type === null || pattern.type === shownType) &&
    (pattern.accountId === null || pattern.accountId === accountId)
  );
}

function refuse(why: string): ApiError {
  return new ApiError('InvalidRequestException', `EntitySelectorExpression: ${why}`);
}
