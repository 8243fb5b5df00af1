import { ApiError, type Group, type InsightsConfiguration, type Tag } from '@fluoroscope/api';
import type { Arns } from './arns.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ControlState, KeptGroup } from './control-state.ts';
import { findByArn, findByName } from './find-group.ts';
import { readGroupExpression, requireOthersUsable, requireUnnamed, requireUsable } from './group-expression.ts';
import type { ControlLimits } from './limits.ts';
import { refuseControlCharacters } from './resource-name.ts';
import { mergeTags } from './tags.ts';

export interface GroupTarget {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

export interface NewGroup {
  readonly GroupName: string;
  readonly FilterExpression?: string | undefined;
  readonly InsightsConfiguration?: InsightsConfiguration | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface GroupUpdate extends GroupTarget {
  readonly FilterExpression?: string | undefined;
  readonly InsightsConfiguration?: InsightsConfiguration | undefined;
}

/** The Default group has every trace: it cannot be made, deleted or given an expression. */
export interface Groups {
  create(input: NewGroup): Promise<Group>;
  update(input: GroupUpdate): Promise<Group>;
  remove(target: GroupTarget): Promise<void>;
  /** The Default group first, then as they were made. */
  list(): readonly Group[];
  get(target: GroupTarget): Group;
  /** As `get`; null when the request names no group. */
  find(target: GroupTarget): KeptGroup | null;
}

export interface GroupsOptions {
  readonly control: ControlPlane;
  readonly arns: Arns;
  readonly limits: ControlLimits;
  readonly newId: () => string;
}

export function createGroups({ control, arns, limits, newId }: GroupsOptions): Groups {
  const print = (group: KeptGroup): Group => printGroup(group, arns);
  return {
    create: (input) =>
      control.change((state) => {
        const group = readNewGroup(input, state, limits, newId());
        const next = { ...state, groups: [...state.groups, group] };
        requireUsable(next, arns, group);
        return { state: next, answer: print(group) };
      }),
    update: (input) =>
      control.change((state) => {
        const group = requireGroup(state, arns, input);
        const updated = updateGroup(group, input);
        const next = { ...state, groups: state.groups.map((one) => (one === group ? updated : one)) };
        if (updated.expression !== group.expression) {
          requireUsable(next, arns, updated);
          requireOthersUsable(next, arns, updated);
        }
        return { state: next, answer: print(updated) };
      }),
    remove: (target) =>
      control.change((state) => {
        const group = requireGroup(state, arns, target);
        if (group.id === null) throw new ApiError('InvalidRequestException', 'the Default group cannot be deleted');
        requireUnnamed(state, arns, group);
        return { state: { ...state, groups: state.groups.filter((one) => one !== group) }, answer: undefined };
      }),
    list: () => control.state.groups.map(print),
    get: (target) => print(requireGroup(control.state, arns, target)),
    find: (target) => findGroup(control.state, arns, target),
  };
}

function readNewGroup(
  { GroupName, FilterExpression, InsightsConfiguration: insights = {}, Tags = [] }: NewGroup,
  state: ControlState,
  limits: ControlLimits,
  id: string,
): KeptGroup {
  refuseControlCharacters('GroupName', GroupName);
  if (state.groups.some(({ name }) => name === GroupName))
    throw new ApiError('InvalidRequestException', `GroupName: there is a group "${GroupName}" already`);
  if (state.groups.length > limits.groupsMax)
    throw new ApiError('InvalidRequestException', `there are ${limits.groupsMax} groups already; no more can be made`);
  return requireNotifiable({
    name: GroupName,
    id,
    expression: readGroupExpression(FilterExpression),
    insights: insights.InsightsEnabled ?? false,
    notifications: insights.NotificationsEnabled ?? false,
    tags: mergeTags({ kept: {}, added: Tags, resource: GroupName, tagsMax: limits.tagsMax }),
  });
}

function updateGroup(
  group: KeptGroup,
  { FilterExpression, InsightsConfiguration: insights = {} }: GroupUpdate,
): KeptGroup {
  const expression = FilterExpression === undefined ? group.expression : readGroupExpression(FilterExpression);
  if (group.id === null && expression !== null)
    throw new ApiError('InvalidRequestException', 'FilterExpression: the Default group has every trace');
  const enabled = insights.InsightsEnabled ?? group.insights;
  return requireNotifiable({
    ...group,
    expression,
    insights: enabled,
    // Switching insights off takes the notifications along, unless these are asked for by name.
    notifications: insights.NotificationsEnabled ?? (enabled && group.notifications),
  });
}

function requireNotifiable(group: KeptGroup): KeptGroup {
  if (!group.notifications || group.insights) return group;
  throw new ApiError(
    'InvalidRequestException',
    'InsightsConfiguration.NotificationsEnabled needs InsightsEnabled to be true',
  );
}

function requireGroup(state: ControlState, arns: Arns, target: GroupTarget): KeptGroup {
  const group = findGroup(state, arns, target);
  if (group === null) throw new ApiError('InvalidRequestException', 'GroupName or GroupARN must be given');
  return group;
}

function findGroup(state: ControlState, arns: Arns, { GroupName: name, GroupARN: arn }: GroupTarget): KeptGroup | null {
  const byName = name === undefined ? undefined : findByName(state, name);
  const byArn = arn === undefined ? undefined : findByArn(state, arns, arn);
  if (name !== undefined && byName === undefined)
    throw new ApiError('InvalidRequestException', `GroupName: there is no group "${name}"`);
  if (arn !== undefined && byArn === undefined)
    throw new ApiError('InvalidRequestException', `GroupARN: there is no group "${arn}"`);
  if (byName !== undefined && byArn !== undefined && byName !== byArn)
    throw new ApiError('InvalidRequestException', 'GroupName and GroupARN are those of two groups');
  return byName ?? byArn ?? null;
}

function printGroup({ name, id, expression, insights, notifications }: KeptGroup, arns: Arns): Group {
  return {
    GroupName: name,
    GroupARN: arns.group(name, id),
    ...(expression !== null && { FilterExpression: expression }),
    InsightsConfiguration: { InsightsEnabled: insights, NotificationsEnabled: notifications },
  };
}
