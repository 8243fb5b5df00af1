import type { AnnotationNode, FilterNode, KeywordNode } from './ast.ts';
import { KEYWORDS, printPlace, type Place } from './keywords.ts';
import { didYouMean } from './near-miss.ts';
import type { FilterProblem } from './problem.ts';
import { readAnnotationTest, readBooleanTest, readGroupTest, readNumberTest, readTextTest } from './typed-test.ts';

/** The first thing wrong with an expression that parses: unknown words, wrong types, things out of place. */
export function checkFilter(node: FilterNode): FilterProblem | undefined {
  return check(node, 'trace');
}

/** Not in KEYWORDS, but likely meant. */
const GRAMMAR_WORDS = ['service', 'edge', 'annotation', 'rootcause'];

function check(node: FilterNode, place: Place): FilterProblem | undefined {
  switch (node.kind) {
    case 'and':
    case 'or':
      return checkAll(node.terms, place);
    case 'not':
      return check(node.term, place);
    case 'keyword':
      return checkKeyword(node, place);
    case 'annotation':
      return checkAnnotation(node, place);
    case 'service':
      return checkOuter(node, 'service', place) ?? checkBody(node.body, 'service');
    case 'edge':
      return checkOuter(node, 'edge', place) ?? checkBody(node.body, 'edge');
    case 'entity':
      return checkOuter(node, 'id(…)', place);
    case 'root-cause': {
      const construct = `rootcause.${node.cause}.${node.list}`;
      // X-Ray keeps exceptions of faults and errors only.
      if (node.cause === 'responsetime' && node.list === 'exception') {
        const near = ['rootcause.fault.exception', 'rootcause.error.exception'];
        return { code: 'unknown-keyword', found: construct, near, span: node.span };
      }
      const slow = node.cause === 'responsetime' && node.list === 'entity';
      const inside: Place = slow ? 'slow-entity' : `cause-${node.list}`;
      return checkOuter(node, construct, place) ?? checkBody(node.body, inside);
    }
    case 'root-cause-json':
      return checkOuter(node, 'rootcause.json', place);
    case 'group':
      return check(node.keyword, place) ?? (node.expression === null ? undefined : check(node.expression, 'trace'));
    default:
      return node satisfies never;
  }
}

function checkAll(terms: readonly FilterNode[], place: Place): FilterProblem | undefined {
  for (const term of terms) {
    const problem = check(term, place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkBody(body: FilterNode | null, place: Place): FilterProblem | undefined {
  return body === null ? undefined : check(body, place);
}

/** What enumerates stands outside all braces. */
function checkOuter(node: FilterNode, construct: string, place: Place): FilterProblem | undefined {
  return place === 'trace' ? undefined : wrongPlace(node, construct, place);
}

function checkKeyword(node: KeywordNode, place: Place): FilterProblem | undefined {
  const { name, test, span } = node;
  const keyword = KEYWORDS.get(name);
  if (keyword === undefined) {
    const nameSpan = { start: span.start, end: span.start + name.length };
    return { code: 'unknown-keyword', found: name, near: didYouMean(name, keywordsIn(place)), span: nameSpan };
  }
  if (!keyword.places.includes(place)) return wrongPlace(node, name, place);
  switch (keyword.type) {
    case 'boolean':
      return problemOf(readBooleanTest(name, test));
    case 'number':
      return problemOf(readNumberTest(name, test));
    case 'text':
      return problemOf(readTextTest(name, test));
    case 'group':
      return problemOf(readGroupTest(node));
    default:
      return keyword satisfies never;
  }
}

function checkAnnotation(node: AnnotationNode, place: Place): FilterProblem | undefined {
  const allowed = node.of === 'own' ? place === 'trace' || place === 'service' || place === 'edge' : place === 'edge';
  if (!allowed) return wrongPlace(node, node.of === 'own' ? 'annotation' : `${node.of}.annotation`, place);
  return problemOf(readAnnotationTest(node.test));
}

function keywordsIn(place: Place): readonly string[] {
  const names = [...KEYWORDS].filter(([, { places }]) => places.includes(place)).map(([name]) => name);
  return place === 'trace' ? [...names, ...GRAMMAR_WORDS] : names;
}

function wrongPlace(node: FilterNode, construct: string, place: Place): FilterProblem {
  return { code: 'wrong-place', construct, place: printPlace(place), span: node.span };
}

function problemOf(
  result: { readonly ok: true } | { readonly ok: false; readonly problem: FilterProblem },
): FilterProblem | undefined {
  return result.ok ? undefined : result.problem;
}
