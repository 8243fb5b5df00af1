import { matchesCondition, type TraceRow } from '@fluoroscope/store';
import type { FilterNode, KeywordNode } from '../filter/ast.ts';
import { boundsOf } from '../filter/bounds.ts';
import { KEYWORDS, type ListedNames } from '../filter/keywords.ts';
import { checked } from '../filter/row-condition.ts';
import { readTextTest } from '../filter/typed-test.ts';
import { TRACE_NAMES_MAX, TRACE_SERVICES_MAX } from '../indexer/limits.ts';
import { matchesText } from './match-value.ts';

/** Null: the row does not tell. */
export type JudgeRow = (row: TraceRow) => boolean | null;

/** What a trace's row tells of a checked expression without open groups. */
export function compileRowJudge(node: FilterNode): JudgeRow {
  switch (node.kind) {
    case 'and':
      return joined(node.terms.map(compileRowJudge), false);
    case 'or':
      return joined(node.terms.map(compileRowJudge), true);
    case 'not':
      return negated(compileRowJudge(node.term));
    case 'group': {
      const judge: JudgeRow = node.expression === null ? () => true : compileRowJudge(node.expression);
      return node.negated ? negated(judge) : judge;
    }
    case 'keyword': {
      const keyword = KEYWORDS.get(node.name);
      const names = keyword?.type === 'text' ? keyword.names : undefined;
      return names === undefined ? byBounds(node) : byNames(node, names);
    }
    case 'annotation':
    case 'service':
    case 'edge':
    case 'entity':
    case 'root-cause':
    case 'root-cause-json':
      return byBounds(node);
    default:
      return node satisfies never;
  }
}

function byBounds(node: FilterNode): JudgeRow {
  const { upper, lower } = boundsOf(node);
  return (row) => {
    if (!matchesCondition(row, upper)) return false;
    return matchesCondition(row, lower) ? true : null;
  };
}

/** A list that is full may lack the one that is asked for. */
function byNames({ name, test: written }: KeywordNode, names: ListedNames): JudgeRow {
  const test = checked(readTextTest(name, written));
  const fullCount = names === 'accountIds' ? TRACE_SERVICES_MAX : TRACE_NAMES_MAX;
  return (row) => {
    const listed = names === 'accountIds' ? row.services.map(({ accountId }) => accountId) : row[names];
    const found = listed.some((value) => value !== null && (test === null || matchesText(value, test.is, test.value)));
    return found || (listed.length < fullCount ? false : null);
  };
}

/** `decisive` of one term decides; without it what is unknown stays unknown. */
function joined(terms: readonly JudgeRow[], decisive: boolean): JudgeRow {
  return (row) => {
    let isKnown = true;
    for (const term of terms) {
      const verdict = term(row);
      if (verdict === decisive) return decisive;
      isKnown &&= verdict !== null;
    }
    return isKnown ? !decisive : null;
  };
}

function negated(judge: JudgeRow): JudgeRow {
  return (row) => {
    const verdict = judge(row);
    return verdict === null ? null : !verdict;
  };
}
