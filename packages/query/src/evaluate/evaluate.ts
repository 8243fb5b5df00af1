import type { ServiceKey } from '@fluoroscope/model';
import type { FilterNode, Selector } from '../filter/ast.ts';
import { causeItems, type CauseItem } from './cause-items.ts';
import { EVALUATION_STEPS_MAX } from './limits.ts';
import { compileAnnotation } from './match-annotation.ts';
import { matchesCauses } from './match-cause-json.ts';
import { compileKeyword } from './match-keyword.ts';
import { OF_CAUSE, OF_SEEN, OF_TRACE } from './readers.ts';
import type { Connection, Seen, WholeTrace } from './whole-trace.ts';
import { TooMuchWork, Work } from './work.ts';

/** Null: the expression asks too much of this trace (`EVALUATION_STEPS_MAX`). */
export type Evaluate = (trace: WholeTrace) => boolean | null;

/** What a checked expression without open groups means, to the letter of ADR-006, whatever stores can do. */
export function compileFilter(node: FilterNode, stepsMax: number = EVALUATION_STEPS_MAX): Evaluate {
  const matches = compileTrace(node);
  return (trace) => {
    try {
      return matches(trace, new Work(stepsMax));
    } catch (thrown) {
      if (thrown instanceof TooMuchWork) return null;
      throw thrown;
    }
  };
}

type Match<Subject> = (subject: Subject, work: Work) => boolean;

function compileTrace(node: FilterNode): Match<WholeTrace> {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'not':
      return compileLogic(node, compileTrace);
    case 'keyword': {
      const matches = compileKeyword(node, OF_TRACE);
      return (trace, work) => {
        work.spend(1);
        return matches(trace);
      };
    }
    case 'annotation': {
      const matches = compileAnnotation(node);
      return ({ annotations }, work) => matches(annotations, work);
    }
    case 'service':
      return compileService(node.service, node.body);
    case 'entity':
      return compileService(node.entity, null);
    case 'edge':
      return compileEdge(node);
    case 'root-cause': {
      const { body } = node;
      const matches = body === null ? null : compileCauseItem(body);
      return ({ rootCauses }, work) =>
        causeItems(rootCauses(), node).some((item) => matches === null || matches(item, work));
    }
    case 'root-cause-json':
      return ({ rootCauses }, work) => matchesCauses(node.patterns, rootCauses(), work);
    case 'group': {
      const matches = node.expression === null ? () => true : compileTrace(node.expression);
      return node.negated ? (trace, work) => !matches(trace, work) : matches;
    }
    default:
      return node satisfies never;
  }
}

type LogicNode = FilterNode & { readonly kind: 'and' | 'or' | 'not' };

function compileLogic<Subject>(node: LogicNode, compile: (node: FilterNode) => Match<Subject>): Match<Subject> {
  if (node.kind === 'not') {
    const term = compile(node.term);
    return (subject, work) => !term(subject, work);
  }
  const terms = node.terms.map(compile);
  if (node.kind === 'and') return (subject, work) => terms.every((term) => term(subject, work));
  return (subject, work) => terms.some((term) => term(subject, work));
}

/** Some segment of the node satisfies the body. */
function compileService(selector: Selector | null, body: FilterNode | null): Match<WholeTrace> {
  const matches = body === null ? null : compileSeen(body);
  return ({ segments }, work) => {
    work.spend(segments.length);
    return segments.some(
      (segment) => isNode(selector, segment.service) && (matches === null || matches(segment, work)),
    );
  };
}

/** Some call on the connection satisfies the body. */
function compileEdge({ source, destination, body }: FilterNode & { readonly kind: 'edge' }): Match<WholeTrace> {
  const matches = body === null ? null : compileSeen(body);
  const connects = (one: Connection): boolean => isNode(source, one.source) && isNode(destination, one.target);
  return ({ connections }, work) => {
    work.spend(connections.length);
    return connections.some((one) => connects(one) && (matches === null || matches(one, work)));
  };
}

function compileSeen(node: FilterNode): Match<Seen> {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'not':
      return compileLogic(node, compileSeen);
    case 'keyword': {
      const matches = compileKeyword(node, OF_SEEN);
      return (seen, work) => {
        work.spend(1);
        return matches(seen);
      };
    }
    case 'annotation': {
      const matches = compileAnnotation(node);
      if (node.of === 'source') return ({ sourceAnnotations }, work) => matches(sourceAnnotations, work);
      if (node.of === 'destination') return ({ destinationAnnotations }, work) => matches(destinationAnnotations, work);
      return ({ annotations }, work) => matches(annotations, work);
    }
    case 'service':
    case 'edge':
    case 'entity':
    case 'root-cause':
    case 'root-cause-json':
    case 'group':
      throw misplaced(node);
    default:
      return node satisfies never;
  }
}

function compileCauseItem(node: FilterNode): Match<CauseItem> {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'not':
      return compileLogic(node, compileCauseItem);
    case 'keyword': {
      const matches = compileKeyword(node, OF_CAUSE);
      return (item, work) => {
        work.spend(1);
        return matches(item);
      };
    }
    case 'annotation':
    case 'service':
    case 'edge':
    case 'entity':
    case 'root-cause':
    case 'root-cause-json':
    case 'group':
      throw misplaced(node);
    default:
      return node satisfies never;
  }
}

function isNode(selector: Selector | null, { name, type, accountId }: ServiceKey): boolean {
  if (selector === null) return true;
  return (
    (selector.name === null || selector.name === name) &&
    (selector.type === null || selector.type === type) &&
    (selector.accountId === null || selector.accountId === accountId)
  );
}

function misplaced({ kind }: FilterNode): TypeError {
  return new TypeError(`evaluated without a check: ${kind} in braces`);
}
