import { Popover } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { splitGroup, withGroup } from '../filter/group.ts';
import { readGroups } from '../http/operations.ts';
import { visible } from '../text/visible.ts';
import { settingsPlace } from '../url/place.ts';
import { PlaceLink } from '../url/place-link.tsx';

const NAME_CHARS_MAX = 32;
const EXPRESSION_CHARS_MAX = 90;

interface GroupMenuProps {
  /** Null: all traces. */
  readonly group: string | null;
  readonly testId: string;
  readonly onChoose: (group: string | null) => void;
}

/** Chooses the X-Ray group whose traces a page shows. */
export function GroupMenu({ group, testId, onChoose }: GroupMenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  function choose(next: string | null): void {
    setOpen(false);
    onChoose(next);
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-pressed={group !== null}
          aria-label={group === null ? 'Group' : `Group ${visible(group, NAME_CHARS_MAX)}`}
          title="Show the traces of a group only"
          data-testid={testId}
          onClick={() => setOpen((was) => !was)}
        >
          <IconFilter size={15} aria-hidden />
          <span className={group === null ? 'wide-only' : 'group-chosen clip'}>
            {group === null ? 'Group' : visible(group, NAME_CHARS_MAX)}
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Group">
        {open ? <GroupList group={group} onChoose={choose} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

interface FilterGroupProps {
  readonly filter: string;
  readonly testId: string;
  readonly onChange: (filter: string) => void;
}

/** The group that a filter expression begins with. */
export function FilterGroup({ filter, testId, onChange }: FilterGroupProps): ReactNode {
  const { group } = splitGroup(filter);
  return <GroupMenu group={group} testId={testId} onChoose={(next) => onChange(withGroup(filter, next))} />;
}

interface GroupListProps {
  readonly group: string | null;
  readonly onChoose: (group: string | null) => void;
}

function GroupList({ group, onChoose }: GroupListProps): ReactNode {
  const { data, error } = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => readGroups(signal) });
  // Every trace is in the group without an expression: it is the plain map.
  const groups = (data ?? []).filter(({ FilterExpression = '' }) => FilterExpression !== '');
  return (
    <div className="pop pop-menu" role="group" aria-label="Group" data-testid="group-menu">
      <h2>Traces of a group</h2>
      <button
        type="button"
        className="menu-item"
        aria-pressed={group === null}
        data-testid="group-all"
        onClick={() => onChoose(null)}
      >
        All traces
      </button>
      {groups.map(({ GroupName = '', FilterExpression = '' }) => (
        <button
          key={GroupName}
          type="button"
          className="menu-item"
          aria-pressed={group === GroupName}
          title={visible(FilterExpression, 400)}
          data-testid={`group-${GroupName}`}
          onClick={() => onChoose(GroupName)}
        >
          <span className="menu-name">{visible(GroupName, NAME_CHARS_MAX)}</span>
          <span className="muted mono clip">{visible(FilterExpression, EXPRESSION_CHARS_MAX)}</span>
        </button>
      ))}
      {error === null ? null : <p className="notice o-fault">{error.message}</p>}
      {data !== undefined && groups.length === 0 ? (
        <p className="muted">
          There is no group with an expression yet.{' '}
          <PlaceLink to={settingsPlace('groups')} className="link-button" testId="groups-settings">
            Make one in the settings
          </PlaceLink>
        </p>
      ) : null}
    </div>
  );
}
