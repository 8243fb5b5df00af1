import { bad, ok, type Result } from '@fluoroscope/model';
import type { Condition } from '@fluoroscope/store';
import type { FilterNode, Span } from './ast.ts';
import { between, boundsOf, isExact } from './bounds.ts';
import { checkFilter } from './check.ts';
import { resolveGroups, type FindGroupExpression } from './groups.ts';
import { KEYWORDS } from './keywords.ts';
import { outcomesOf } from './outcomes.ts';
import type { FilterProblem } from './problem.ts';
import { ALL, NONE } from './row-condition.ts';

/** How an expression is answered (ADR-006): a store finds candidates, and each is looked at when that is not enough. */
export interface FilterPlan {
  /** With the expressions of its groups. Null asks for all traces. */
  readonly node: FilterNode | null;
  /** Every trace that satisfies the expression is matched by it; when `reasons` is empty, no other is. */
  readonly condition: Condition;
  /** Why candidates must be looked at, in the order written. */
  readonly reasons: readonly PlanReason[];
  /** Every trace that it matches satisfies the expression; null when rows never tell. */
  readonly certain: Condition | null;
  /** The candidates that `certain` does not match; null when there are none. */
  readonly uncertain: Condition | null;
}

export interface PlanReason {
  readonly construct: string;
  readonly span: Span;
  /** `row`: the row that the store gives with the candidate; `documents`: all of the trace. */
  readonly reads: 'row' | 'documents';
  readonly why: string;
}

export const ALL_TRACES: FilterPlan = { node: null, condition: ALL, reasons: [], certain: ALL, uncertain: null };

/** Without `find` the expressions of groups stay open: such a plan can be shown, not carried out. */
export function planFilter(node: FilterNode, find: FindGroupExpression | null): Result<FilterPlan, FilterProblem> {
  const problem = checkFilter(node);
  if (problem !== undefined) return bad(problem);
  if (find === null) return ok(planOf(node));
  const resolved = resolveGroups(node, find);
  return resolved.ok ? ok(planOf(resolved.value)) : resolved;
}

/** Of the traces that satisfy every one of these. */
export function planAll(plans: readonly FilterPlan[]): FilterPlan {
  const nodes = plans.flatMap(({ node }) => node ?? []);
  const [first] = nodes;
  if (first === undefined) return ALL_TRACES;
  return planOf(nodes.length === 1 ? first : { kind: 'and', terms: nodes, span: first.span });
}

function planOf(node: FilterNode): FilterPlan {
  const bounds = boundsOf(node);
  const condition = bounds.upper;
  if (isExact(bounds)) return { node, condition, reasons: [], certain: condition, uncertain: null };
  const certain = bounds.lower === NONE ? null : bounds.lower;
  return { node, condition, reasons: reasonsOf(node), certain, uncertain: between(bounds) };
}

function reasonsOf(node: FilterNode): readonly PlanReason[] {
  const { span } = node;
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms.flatMap(reasonsOf);
    case 'not':
      return reasonsOf(node.term);
    case 'keyword': {
      const keyword = KEYWORDS.get(node.name);
      if (keyword?.type === 'group') {
        const why = 'the expression of a group is known to the server that has it';
        return [{ construct: node.name, span, reads: 'documents', why }];
      }
      if (keyword?.type !== 'text' || keyword.names === undefined) return [];
      const why = 'stores keep it in the row, and are not asked for it';
      return [{ construct: node.name, span, reads: 'row', why }];
    }
    case 'annotation':
    case 'entity':
      return [];
    case 'service': {
      if (node.body === null) return [];
      const { possible, certain } = outcomesOf(node.body);
      if (possible !== certain) {
        const why = 'a row tells no more of single segments than their flags';
        return [{ construct: 'service{…}', span, reads: 'documents', why }];
      }
      const why = 'the row tells it, but for rows of earlier versions and of very large traces';
      return [{ construct: 'service{…}', span, reads: 'row', why }];
    }
    case 'edge': {
      const why = 'a row does not tell who called whom';
      return [{ construct: node.body === null ? 'edge' : 'edge{…}', span, reads: 'documents', why }];
    }
    case 'root-cause':
    case 'root-cause-json': {
      const construct = node.kind === 'root-cause' ? `rootcause.${node.cause}.${node.list}` : 'rootcause.json';
      return [{ construct, span, reads: 'documents', why: 'root causes follow from all documents of a trace' }];
    }
    case 'group':
      return (node.expression === null ? [] : reasonsOf(node.expression)).map(({ construct, reads, why }) => {
        return { construct, span, reads, why };
      });
    default:
      return node satisfies never;
  }
}
