import { ApiError } from '@fluoroscope/api';
import { parseFilter, planFilter, printFilterProblem, type FilterNode } from '@fluoroscope/query';

/** A group's expression as it is kept: as written, or null for every trace. */
export function readGroupExpression(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '') return null;
  const node = parseFilter(text);
  if (node.ok && namesGroup(node.value)) {
    throw new ApiError(
      'InvalidRequestException',
      'FilterExpression: a group cannot be part of a group: group.name and group.arn are not allowed here',
    );
  }
  const plan = node.ok ? planFilter(node.value, null) : node;
  if (plan.ok) return text.trim();
  throw new ApiError('InvalidRequestException', `FilterExpression: ${printFilterProblem(text, plan.problem)}`);
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
    case 'group':
      return false;
    default:
      return node satisfies never;
  }
}
