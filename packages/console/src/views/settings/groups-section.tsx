import type { Group, Tag } from '@fluoroscope/api';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { deleteGroup, readGroups } from '../../http/administration.ts';
import { quoted } from '../../summaries/filter-error.ts';
import { visible } from '../../text/visible.ts';
import { MAP_PLACE, settingsPlace, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { Opened } from '../../url/settings-place.ts';
import { go } from '../../url/use-place.ts';
import { Failure } from '../../widgets/state.tsx';
import { Confirm } from './confirm.tsx';
import { GroupForm } from './group-form.tsx';
import { RowActions } from './row-actions.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';
import { useTagsOf } from './use-tags.ts';

const DEFAULT_GROUP = 'Default';

export function GroupsSection({ open }: { readonly open: Opened | null }): ReactNode {
  const {
    data: groups,
    error,
    refetch,
  } = useQuery({
    queryKey: ['groups'],
    queryFn: ({ signal }) => readGroups(signal),
  });
  const session = useSession();
  const [doomed, setDoomed] = useState<Group | null>(null);
  const tags = useTagsOf((groups ?? []).flatMap(({ GroupARN }) => (GroupARN === undefined ? [] : [GroupARN])));
  if (groups === undefined) {
    if (error === null) return <SettingsSkeleton />;
    return <Failure title="Groups cannot be shown" error={error} retry={() => void refetch()} />;
  }
  const allowed = session.may('operator');
  const opened = groups.find(({ GroupName }) => GroupName === open?.name);
  return (
    <>
      <SectionHead
        title="Groups"
        lead="A group is a filter expression with a name. Searches and graphs can ask for it, and other groups can build on it."
      >
        {allowed ? (
          <PlaceLink
            to={settingsPlace('groups', { how: 'copy', name: '' })}
            className="btn btn-primary"
            testId="new-group"
          >
            <IconPlus size={15} aria-hidden />
            New group
          </PlaceLink>
        ) : null}
      </SectionHead>
      <table className="settings-table" data-testid="groups-table" aria-label="Groups">
        <GroupsHead />
        <tbody>
          {groups.map((group) => (
            <GroupRow
              key={group.GroupName}
              group={group}
              tags={tags.get(group.GroupARN ?? '') ?? []}
              allowed={allowed}
              onDelete={() => setDoomed(group)}
            />
          ))}
        </tbody>
      </table>
      {groups.length > 1 ? null : (
        <p className="settings-empty" data-testid="no-groups">
          So far there is only the group with every trace. A first one could be{' '}
          <code>{'service("checkout") AND fault'}</code> or <code>responsetime &gt; 2</code>; search for it then with{' '}
          <code>group.name = "…"</code>.
        </p>
      )}
      {open !== null && (opened !== undefined || open.how === 'copy') ? (
        <GroupForm
          key={`${open.how} ${open.name}`}
          how={open.how}
          group={opened}
          onClose={() => go(settingsPlace('groups'))}
        />
      ) : null}
      {doomed === null ? null : <DeleteGroup group={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

interface GroupRowProps {
  readonly group: Group;
  readonly tags: readonly Tag[];
  readonly allowed: boolean;
  readonly onDelete: () => void;
}

function GroupRow({ group, tags, allowed, onDelete }: GroupRowProps): ReactNode {
  const { GroupName: name = '', FilterExpression: expression, InsightsConfiguration: insights = {} } = group;
  const isDefault = name === DEFAULT_GROUP;
  return (
    <tr data-testid={`group-row-${name}`}>
      <th scope="row">{visible(name, 40)}</th>
      <td data-label="Expression" className="cell-wide">
        {expression === undefined ? (
          <span className="muted">every trace</span>
        ) : (
          <code className="expression">{visible(expression, 400)}</code>
        )}
      </td>
      <td data-label="Insights">
        {insights.InsightsEnabled === true ? (
          <span className="tag tag-plain">
            {insights.NotificationsEnabled === true ? 'on, with notifications' : 'on'}
          </span>
        ) : (
          <span className="muted">off</span>
        )}
      </td>
      <td data-label="Tags">
        <TagList tags={tags} />
      </td>
      <td className="cell-actions">
        <PlaceLink
          to={{ ...TRACES_PLACE, filter: isDefault ? '' : `group.name = ${quoted(name)}` }}
          className="btn btn-quiet btn-small"
          testId={`traces-of-${name}`}
        >
          Traces<span className="sr-only"> of {name}</span>
        </PlaceLink>
        <PlaceLink
          to={{ ...MAP_PLACE, group: isDefault ? null : name }}
          className="btn btn-quiet btn-small"
          testId={`map-of-${name}`}
          title="Open in map"
        >
          Map<span className="sr-only"> of {name}</span>
        </PlaceLink>
        <RowActions section="groups" name={name} allowed={allowed} onDelete={isDefault ? null : onDelete} />
      </td>
    </tr>
  );
}

function TagList({ tags }: { readonly tags: readonly Tag[] }): ReactNode {
  if (tags.length === 0) return <span className="muted">none</span>;
  return (
    <span className="tag-list">
      {tags.map(({ Key, Value }) => (
        <span key={Key} className="tag tag-plain">
          {visible(Key, 40)}={visible(Value, 40)}
        </span>
      ))}
    </span>
  );
}

interface DeleteGroupProps {
  readonly group: Group;
  readonly onClose: () => void;
}

function DeleteGroup({ group: { GroupName: name = '', GroupARN: arn }, onClose }: DeleteGroupProps): ReactNode {
  const change = useChange();
  return (
    <Confirm
      title={`Delete the group ${visible(name, 40)}?`}
      word="Delete"
      change={change}
      onClose={onClose}
      onYes={() => void change.run(() => deleteGroup(name), arn).then((done) => done && onClose())}
    >
      <p>Traces stay. Searches, links and dashboards that name the group are refused from then on.</p>
    </Confirm>
  );
}

function GroupsHead(): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Expression</th>
        <th scope="col">Insights</th>
        <th scope="col">Tags</th>
        <th scope="col">
          <span className="sr-only">Actions</span>
        </th>
      </tr>
    </thead>
  );
}
