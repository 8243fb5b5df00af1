import { bad, ok, type Result } from '@fluoroscope/model';
import type { FilterNode, GroupNode, KeywordNode } from './ast.ts';
import { checkFilter } from './check.ts';
import { FILTER_TOKEN_COUNT_MAX, GROUP_DEPTH_MAX } from './limits.ts';
import { parseFilter } from './parser.ts';
import { printFilterProblem, type FilterProblem } from './problem.ts';
import { readGroupTest } from './typed-test.ts';

/**
 * The expression that a group has now, null for every trace; undefined when there is no such group. A name with
 * `by: 'name'`, an ARN with `by: 'arn'`.
 */
export type FindGroupExpression = (by: 'name' | 'arn', group: string) => string | null | undefined;

/** Puts the expressions of groups in the place of their names, within all limits of a single expression. */
export function resolveGroups(node: FilterNode, find: FindGroupExpression): Result<FilterNode, FilterProblem> {
  try {
    return ok(new GroupResolver(find).resolve(node));
  } catch (thrown) {
    if (thrown instanceof Stop) return bad(thrown.problem);
    throw thrown;
  }
}

/** Ends resolving from any depth; never leaves this file. */
class Stop extends Error {
  readonly problem: FilterProblem;

  constructor(problem: FilterProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

class GroupResolver {
  readonly #find: FindGroupExpression;
  /** Those that the walk is inside of, as `by value`. */
  readonly #open: string[] = [];
  #nodeCount = 0;

  constructor(find: FindGroupExpression) {
    this.#find = find;
  }

  resolve(node: FilterNode): FilterNode {
    this.#nodeCount += 1;
    switch (node.kind) {
      case 'and':
      case 'or':
        return { ...node, terms: node.terms.map((term) => this.resolve(term)) };
      case 'not':
        return { ...node, term: this.resolve(node.term) };
      case 'keyword':
        return node.name === 'group.name' || node.name === 'group.arn' ? this.#resolveGroup(node) : node;
      // What stands in braces cannot name a group, but counts.
      case 'service':
      case 'edge':
      case 'root-cause':
        if (node.body !== null) this.resolve(node.body);
        return node;
      case 'annotation':
      case 'entity':
      case 'root-cause-json':
      case 'group':
        return node;
      default:
        return node satisfies never;
    }
  }

  #resolveGroup(node: KeywordNode): GroupNode {
    const { span } = node;
    const test = readGroupTest(node);
    if (!test.ok) throw new Stop(test.problem);
    const { value: group, is } = test.value;
    const by = node.name === 'group.name' ? 'name' : 'arn';
    const text = this.#find(by, group);
    if (text === undefined) throw new Stop({ code: 'unknown-group', group, span });

    const opened = `${by} ${group}`;
    if (this.#open.includes(opened) || this.#open.length === GROUP_DEPTH_MAX) {
      throw new Stop({ code: 'circular-group', group, span });
    }
    this.#open.push(opened);
    const expression = text === null || text.trim() === '' ? null : this.#readExpression(text, group, node);
    this.#open.pop();
    return { kind: 'group', keyword: node, expression, negated: is === '!=', span };
  }

  #readExpression(text: string, group: string, { span }: KeywordNode): FilterNode {
    const broken = (problem: FilterProblem): Stop =>
      new Stop({ code: 'broken-group', group, why: firstLine(printFilterProblem(text, problem)), span });
    const parsed = parseFilter(text);
    if (!parsed.ok) throw broken(parsed.problem);
    const problem = checkFilter(parsed.value);
    if (problem !== undefined) throw broken(problem);
    const resolved = this.resolve(parsed.value);
    // Of many groups, each within its limits, the tree is not.
    if (this.#nodeCount > FILTER_TOKEN_COUNT_MAX) throw new Stop({ code: 'large-groups', group, span });
    return resolved;
  }
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}
