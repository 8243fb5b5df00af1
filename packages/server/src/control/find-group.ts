import type { Arns } from './arns.ts';
import { DEFAULT_GROUP_NAME, type ControlState, type KeptGroup } from './control-state.ts';

export function findByName({ groups }: ControlState, name: string): KeptGroup | undefined {
  return groups.find((group) => group.name === name);
}

export function findByArn({ groups }: ControlState, arns: Arns, arn: string): KeptGroup | undefined {
  return groups.find(({ name, id }) => (id === null ? DEFAULT_GROUP_ARN.test(arn) : arns.group(name, id) === arn));
}

/** How X-Ray writes the ARN of the Default group is not known, so it may have an id, and any region and account. */
const DEFAULT_GROUP_ARN = new RegExp(`^arn:[^:]*:xray:[^:]*:[^:]*:group/${DEFAULT_GROUP_NAME}(?:/|$)`);
