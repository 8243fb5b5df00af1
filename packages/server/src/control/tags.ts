import { ApiError, type Tag } from '@fluoroscope/api';
import type { Arns } from './arns.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ControlState, KeptTags } from './control-state.ts';
import type { ControlLimits } from './limits.ts';
import { DEFAULT_RULE_NAME } from '@fluoroscope/query';

/** Of groups and sampling rules, the Default ones too, by ARN. */
export interface Tags {
  /** In the order of their keys. */
  list(arn: string): readonly Tag[];
  add(arn: string, tags: readonly Tag[]): Promise<void>;
  /** Keys that are not there are passed over. */
  remove(arn: string, keys: readonly string[]): Promise<void>;
}

export interface TagsOptions {
  readonly control: ControlPlane;
  readonly arns: Arns;
  readonly limits: ControlLimits;
}

export function createTags({ control, arns, limits }: TagsOptions): Tags {
  function change(arn: string, next: (tags: KeptTags) => KeptTags): Promise<void> {
    return control.change((state) => {
      const resource = requireResource(state, arns, arn);
      return { state: resource.withTags(next(resource.tags)), answer: undefined };
    });
  }
  return {
    list: (arn) => printTags(requireResource(control.state, arns, arn).tags),
    add: (arn, added) => change(arn, (kept) => mergeTags({ kept, added, resource: arn, tagsMax: limits.tagsMax })),
    remove: (arn, keys) => change(arn, (kept) => withoutKeys(kept, new Set(keys))),
  };
}

export interface TagMerge {
  readonly kept: KeptTags;
  readonly added: readonly Tag[];
  /** Named when there are too many. */
  readonly resource: string;
  readonly tagsMax: number;
}

/** Keys that AWS keeps for itself. */
const RESERVED_KEY = /^aws:/i;

export function mergeTags({ kept, added, resource, tagsMax }: TagMerge): KeptTags {
  const tags = new Map(Object.entries(kept));
  const seen = new Set<string>();
  for (const [at, { Key, Value }] of added.entries()) {
    if (RESERVED_KEY.test(Key))
      throw new ApiError('InvalidRequestException', `Tags[${at}].Key: keys that begin with "aws:" are reserved`);
    if (seen.has(Key)) throw new ApiError('InvalidRequestException', `Tags[${at}].Key: "${Key}" stands there twice`);
    seen.add(Key);
    tags.set(Key, Value);
  }
  if (tags.size > tagsMax)
    throw new ApiError('TooManyTagsException', `a resource has at most ${tagsMax} tags`, { resourceName: resource });
  return Object.fromEntries(tags);
}

function withoutKeys(tags: KeptTags, keys: ReadonlySet<string>): KeptTags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.has(key)));
}

function printTags(tags: KeptTags): readonly Tag[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1));
}

interface Resource {
  readonly tags: KeptTags;
  readonly withTags: (tags: KeptTags) => ControlState;
}

function requireResource(state: ControlState, arns: Arns, arn: string): Resource {
  const group = state.groups.find(({ name, id }) => arns.group(name, id) === arn);
  if (group !== undefined) {
    const withTags = (tags: KeptTags): ControlState => ({
      ...state,
      groups: state.groups.map((one) => (one === group ? { ...group, tags } : one)),
    });
    return { tags: group.tags, withTags };
  }
  const rule = state.rules.find(({ name }) => arns.rule(name) === arn);
  if (rule !== undefined) {
    const withTags = (tags: KeptTags): ControlState => ({
      ...state,
      rules: state.rules.map((one) => (one === rule ? { ...rule, tags } : one)),
    });
    return { tags: rule.tags, withTags };
  }
  if (arns.rule(DEFAULT_RULE_NAME) === arn) {
    const { defaultRule } = state;
    return { tags: defaultRule.tags, withTags: (tags) => ({ ...state, defaultRule: { ...defaultRule, tags } }) };
  }
  throw new ApiError('ResourceNotFoundException', 'ResourceARN: no group or sampling rule has this ARN', {
    resourceName: arn,
  });
}
