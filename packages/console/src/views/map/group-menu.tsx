import { Popover } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { readGroups } from '../../http/operations.ts';
import { visible } from '../../text/visible.ts';
import type { MapPlace } from '../../url/map-place.ts';
import { go } from '../../url/use-place.ts';

const NAME_CHARS_MAX = 32;
const EXPRESSION_CHARS_MAX = 90;

/** Chooses the X-Ray group whose traces the map shows. */
export function GroupMenu({ place }: { readonly place: MapPlace }): ReactNode {
  const [open, setOpen] = useState(false);
  const { group } = place;
  function choose(next: string | null): void {
    setOpen(false);
    go({ ...place, group: next, selected: null });
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
          data-testid="map-group"
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
        <p className="muted">There is no group with an expression yet. CreateGroup makes one.</p>
      ) : null}
    </div>
  );
}
