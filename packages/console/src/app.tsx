import { IconMapOff } from '@tabler/icons-react';
import { type ReactNode, Suspense, useEffect } from 'react';
import { MAP_PLACE, type Place } from './url/place.ts';
import { PlaceLink } from './url/place-link.tsx';
import { usePlace } from './url/use-place.ts';
import { visible } from './text/visible.ts';
import { useLoginNeeded } from './http/login.ts';
import { Bar } from './views/shell/bar.tsx';
import { Login } from './views/shell/login.tsx';
import { MapSkeleton } from './views/map/map-skeleton.tsx';
import { AnalyticsPage, ComparePage, MapPage, SettingsPage, TracePage, TracesPage } from './views/pages.ts';
import { SettingsSkeleton } from './views/settings/settings-skeleton.tsx';
import { TraceSkeleton } from './views/trace/trace-skeleton.tsx';
import { Boundary } from './widgets/boundary.tsx';
import { State } from './widgets/state.tsx';
import { useTimeZone } from './widgets/use-time-zone.ts';

const TITLE: Readonly<Record<Place['page'], string>> = {
  map: 'Service map',
  traces: 'Traces',
  trace: 'Trace',
  analytics: 'Analytics',
  compare: 'Compare traces',
  settings: 'Settings',
  missing: 'Not found',
};

export function App(): ReactNode {
  const place = usePlace();
  const loginNeeded = useLoginNeeded();
  const zone = useTimeZone();
  const title = place.page === 'trace' ? `Trace ${place.traceId}` : TITLE[place.page];
  useEffect(() => {
    document.title = `${title} · Fluoroscope`;
  }, [title]);
  if (loginNeeded) return <Login />;
  return (
    <div className="shell">
      <Bar place={place} />
      <main className="main">
        <Boundary key={`${place.page} ${zone}`}>
          <Suspense fallback={place.page === 'map' ? <MapSkeleton /> : <TraceSkeleton />}>
            <Page place={place} />
          </Suspense>
        </Boundary>
      </main>
    </div>
  );
}

function Page({ place }: { readonly place: Place }): ReactNode {
  switch (place.page) {
    case 'map':
      return <MapPage place={place} />;
    case 'traces':
      return <TracesPage place={place} />;
    case 'trace':
      return <TracePage key={place.traceId} place={place} />;
    case 'analytics':
      return <AnalyticsPage place={place} />;
    case 'compare':
      return <ComparePage key={`${place.a} ${place.b}`} place={place} />;
    case 'settings':
      return (
        <Suspense fallback={<SettingsSkeleton />}>
          <SettingsPage place={place} />
        </Suspense>
      );
    case 'missing':
      return (
        <State icon={<IconMapOff size={24} stroke={1.6} />} title="Nothing lives at this address" testId="missing">
          <p className="mono">{visible(place.path, 120)}</p>
          <PlaceLink to={MAP_PLACE}>Open the service map</PlaceLink>
        </State>
      );
    default:
      return place satisfies never;
  }
}
