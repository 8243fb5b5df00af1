import { BOX_KINDS, type BoxKind, type Boxing } from '@fluoroscope/api';
import { Popover } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { NODE_SIZINGS, type NodeSizing } from '../../map/sizes.ts';
import { visible } from '../../text/visible.ts';
import { LATENCY_FIGURES, type MapPlace } from '../../url/map-place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { settingsPlace } from '../../url/settings-place.ts';
import { go } from '../../url/use-place.ts';

const BOX_LABEL: Readonly<Record<BoxKind, string>> = {
  type: 'Type',
  namespace: 'Namespace',
  group: 'Group',
  prefix: 'Name prefix',
};

const SIZING_LABEL: Readonly<Record<NodeSizing, string>> = {
  none: 'All alike',
  traffic: 'Traffic',
  errors: 'Failures',
};

interface DisplayMenuProps {
  readonly place: MapPlace;
  readonly boxing: Boxing | null;
  readonly isolatedCount: number;
  /** AWS accounts that nodes are of. */
  readonly accounts: readonly string[];
}

/** How the map is drawn: boxes, the latency that is shown, what makes an edge thick and a node large, isolated nodes. */
export function DisplayMenu({ place, boxing, isolatedCount, accounts }: DisplayMenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-label="Display"
          title="How the map is drawn"
          data-testid="display"
          aria-pressed={isChanged(place)}
          onClick={() => setOpen((was) => !was)}
        >
          <IconAdjustmentsHorizontal size={15} aria-hidden />
          <span className="wide-only">Display</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Display">
        <div className="pop pop-wide" data-testid="display-menu">
          <Choices
            label="Gather nodes by"
            values={[null, ...BOX_KINDS]}
            value={place.by}
            name={(by) => (by === null ? 'Nothing' : BOX_LABEL[by])}
            onChange={(by) => go({ ...place, by, open: [], selected: null, focus: null })}
          />
          {place.by === 'group' ? <GroupsNote boxing={boxing} /> : null}
          <Choices
            label="Latency shown"
            values={LATENCY_FIGURES}
            value={place.latency}
            name={(figure) => (figure === 'average' ? 'Average' : figure)}
            onChange={(latency) => go({ ...place, latency })}
          />
          <Choices
            label="Thicker connections have more"
            values={['traffic', 'errors'] as const}
            value={place.weigh}
            name={(weigh) => (weigh === 'traffic' ? 'Traffic' : 'Failures')}
            onChange={(weigh) => go({ ...place, weigh })}
          />
          <Choices
            label="Larger nodes have more"
            values={NODE_SIZINGS}
            value={place.sizing}
            name={(sizing) => SIZING_LABEL[sizing]}
            onChange={(sizing) => go({ ...place, sizing })}
          />
          {accounts.length > 1 || place.account !== null ? <AccountChoice place={place} accounts={accounts} /> : null}
          <Choices
            label={`Nodes without connections: ${isolatedCount}`}
            values={[true, false]}
            value={place.isolated}
            name={(isolated) => (isolated ? 'Shown' : 'Hidden')}
            onChange={(isolated) => go({ ...place, isolated })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function isChanged({ by, account, weigh, sizing, latency, isolated }: MapPlace): boolean {
  return (
    by !== null || account !== null || weigh !== 'traffic' || sizing !== 'none' || latency !== 'average' || !isolated
  );
}

interface AccountChoiceProps {
  readonly place: MapPlace;
  readonly accounts: readonly string[];
}

function AccountChoice({ place, accounts }: AccountChoiceProps): ReactNode {
  const { account } = place;
  const isUnknown = account !== null && !accounts.includes(account);
  return (
    <label className="form-row">
      <span>AWS account</span>
      <select
        className="field"
        value={account ?? ''}
        onChange={({ target: { value } }) => go({ ...place, account: value === '' ? null : value, selected: null })}
        data-testid="map-account"
      >
        <option value="">All</option>
        {(isUnknown ? [account, ...accounts] : accounts).map((id) => (
          <option key={id} value={id}>
            {visible(id)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What belongs to which group is not seen on the map. */
function GroupsNote({ boxing }: { readonly boxing: Boxing | null }): ReactNode {
  const groups = boxing?.groups ?? [];
  return (
    <p className="muted menu-note" data-testid="groups-note">
      {groups.length === 0
        ? 'No group names a service yet, as in service("cart") OR service("order"). '
        : 'A node is in the first group, by name, whose expression names it with service(…). '}
      <PlaceLink to={settingsPlace('groups')} className="link-button">
        Groups
      </PlaceLink>
    </p>
  );
}

interface ChoicesProps<Value> {
  readonly label: string;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly name: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

export function Choices<Value extends string | number | boolean | null>(props: ChoicesProps<Value>): ReactNode {
  const { label, values, value, name, onChange } = props;
  return (
    <div className="form-row">
      <span>{label}</span>
      <div className="seg seg-small" role="group" aria-label={label}>
        {values.map((one) => (
          <button key={String(one)} type="button" aria-pressed={one === value} onClick={() => onChange(one)}>
            {name(one)}
          </button>
        ))}
      </div>
    </div>
  );
}
