import { ApiError } from '@fluoroscope/api';
import { filterToCondition, parseFilter, printFilterProblem, type FilterNode } from '@fluoroscope/query';

/**
 * A group's expression as it is kept: as written, or null for every trace. One that this version understands but
 * cannot search by is kept too; whoever uses the group is told.
 */
export function readGroupExpression(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '') return null;
  const node = parseFilter(text);
  if (node.ok && namesGroup(node.value)) {
    throw new ApiError(
      'InvalidRequestException',
      'FilterExpression: a group cannot be part of a group: group.name and group.arn are not allowed here',
    );
  }
  const condition = filterToCondition(text);
  if (condition.ok || condition.problem.code === 'not-supported') return text.trim();
  throw new ApiError('InvalidRequestException', `FilterExpression: ${printFilterProblem(text, condition.problem)}`);
}

function namesGroup(node: FilterNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms.some(namesGroup);
    case 'not':
      return namesGroup(node.term);
    case 'service':
    case 'edge':
    case 'root-cause':
      return node.body !== null && namesGroup(node.body);
    case 'keyword':
      return node.name.startsWith('group.');
    case 'annotation':
    case 'entity':
    case 'root-cause-json':
      return false;
    default:
      return node satisfies never;
  }
}
