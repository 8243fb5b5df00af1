import type { BoxGroup, ServiceSelector } from '@fluoroscope/api';
import { type FilterNode, parseFilter } from '@fluoroscope/query';
import type { Groups } from '../control/groups.ts';

/**
 * Groups as boxes of the map: those whose expression names services, by name, so that every browser gathers alike. Named is what
 * `service(…)` asks for anywhere but under `!`; what a group within stands for is that group's own.
 */
export function readBoxGroups(groups: Pick<Groups, 'list'>): readonly BoxGroup[] {
  return groups
    .list()
    .flatMap(({ GroupName: name = '', FilterExpression: text = '' }) => {
      const expression = parseFilter(text);
      const services = expression.ok ? [...namedServices(expression.value)] : [];
      return services.length === 0 ? [] : [{ name, services }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* namedServices(node: FilterNode): Generator<ServiceSelector> {
  if (node.kind === 'and' || node.kind === 'or') for (const term of node.terms) yield* namedServices(term);
  if (node.kind !== 'service' || node.service === null) return;
  const { name, type, accountId } = node.service;
  yield { name, type, accountId };
}
