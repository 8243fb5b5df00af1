import { IconCircleDashed } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { readStatus } from '../../http/operations.ts';
import { visible } from '../../text/visible.ts';
import { MAP_PLACE, type MapPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { type Range, RANGE_SECONDS_MAX } from '../../url/range.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { State } from '../../widgets/state.tsx';
import { FirstRun } from '../first-run/first-run.tsx';

const WIDEST: Range = { kind: 'last', seconds: RANGE_SECONDS_MAX };

interface NoServicesProps {
  readonly place: MapPlace;
  readonly isFirstRun: boolean;
}

/** Nothing was ever sent, nothing lately, or nothing between two times: each needs another next step. */
export function NoServices({ place, isFirstRun }: NoServicesProps): ReactNode {
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => readStatus(signal) });
  const { range, group } = place;
  if (group !== null) {
    return (
      <Empty title="No traces of this group in this window">
        <p>The expression of the group “{visible(group, 40)}” matches nothing that was recorded in this time.</p>
        <p>
          <PlaceLink to={{ ...place, group: null }}>All traces</PlaceLink>
        </p>
      </Empty>
    );
  }
  if (range.kind === 'fixed') {
    return (
      <Empty title="No services in this window">
        <p>Nothing was recorded between these times.</p>
        <p>
          <PlaceLink to={{ ...place, range: MAP_PLACE.range }}>Back to now</PlaceLink>
        </p>
      </Empty>
    );
  }
  if (isFirstRun) return <FirstRun arrived={null} onDone={() => {}} />;
  const address =
    status.data?.listeners.find(({ name }) => name === 'udp')?.address ?? `${window.location.hostname}:2000`;
  const setting = `AWS_XRAY_DAEMON_ADDRESS=${visible(address, 80)}`;
  return (
    <Empty title="No services in this window">
      <p>The map draws itself as soon as a segment arrives. Start an app that uses the X-Ray SDK with</p>
      <pre className="copy-line">
        {setting}
        <CopyButton text={() => setting} label="Copy the setting" />
      </pre>
      {range.seconds === RANGE_SECONDS_MAX ? null : (
        <p>
          <PlaceLink to={{ ...place, range: WIDEST }}>Look at the last 6 hours</PlaceLink>
        </p>
      )}
    </Empty>
  );
}

function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <State icon={<IconCircleDashed size={26} stroke={1.5} />} title={title} testId="empty-map">
      {children}
    </State>
  );
}
