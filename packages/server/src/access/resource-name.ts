import { z } from 'zod';
import type { Arns } from '../control/arns.ts';
import type { Groups } from '../control/groups.ts';

/** What a request is about. */
export interface ResourceName {
  /** Null when it names nothing that has one. */
  readonly arn: string | null;
  /** As the request names it, for people; null when it names nothing. */
  readonly label: string | null;
}

export type NameResource = (input: unknown) => ResourceName;

const text = z.string().optional().catch(undefined);
const rule = z.object({ RuleName: text, RuleARN: text });
const named = z
  .object({
    ...rule.shape,
    GroupName: text,
    GroupARN: text,
    ResourceARN: text,
    PolicyName: text,
    SamplingRule: rule.optional().catch(undefined),
    SamplingRuleUpdate: rule.optional().catch(undefined),
  })
  .catch({});

/** Names become ARNs, so that a policy about an ARN cannot be passed by with a name. */
export function createResourceNamer(arns: Arns, groups: Pick<Groups, 'list'>): NameResource {
  return (input) => {
    const { GroupName, GroupARN, ResourceARN, PolicyName, SamplingRule, SamplingRuleUpdate, ...own } =
      named.parse(input);
    const { RuleName, RuleARN } = SamplingRule ?? SamplingRuleUpdate ?? own;
    if (GroupName !== undefined) {
      const known = groups.list().find((group) => group.GroupName === GroupName)?.GroupARN;
      return { arn: known ?? arns.group(GroupName, null), label: GroupName };
    }
    if (RuleName !== undefined) return { arn: arns.rule(RuleName), label: RuleName };
    const arn = GroupARN ?? RuleARN ?? ResourceARN ?? null;
    return { arn, label: arn ?? PolicyName ?? null };
  };
}
