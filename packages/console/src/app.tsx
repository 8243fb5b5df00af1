import { IconMapOff } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { MAP_PLACE, type Place } from './url/place.ts';
import { PlaceLink } from './url/place-link.tsx';
import { usePlace } from './url/use-place.ts';
import { visible } from './text/visible.ts';
import { MapPage } from './views/map/map-page.tsx';
import { useLoginNeeded } from './http/login.ts';
import { Bar } from './views/shell/bar.tsx';
import { Login } from './views/shell/login.tsx';
import { TracePage, TraceSkeleton } from './views/trace/trace-page.tsx';
import { TracesPage } from './views/traces/traces-page.tsx';
import { Boundary } from './widgets/boundary.tsx';
import { State } from './widgets/state.tsx';

const ComparePage = lazy(async () => ({ default: (await import('./views/compare/compare-page.tsx')).ComparePage }));

const TITLE: Readonly<Record<Place['page'], string>> = {
  map: 'Service map',
  traces: 'Traces',
  trace: 'Trace',
  compare: 'Compare traces',
  missing: 'Not found',
};

export function App(): ReactNode {
  const place = usePlace();
  const loginNeeded = useLoginNeeded();
  const title = place.page === 'trace' ? `Trace ${place.traceId}` : TITLE[place.page];
  useEffect(() => {
    document.title = `${title} · Fluoroscope`;
  }, [title]);
  if (loginNeeded) return <Login />;
  return (
    <div className="shell">
      <Bar place={place} />
      <main className="main">
        <Boundary key={place.page}>
          <Page place={place} />
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
    case 'compare':
      return (
        <Suspense fallback={<TraceSkeleton />}>
          <ComparePage key={`${place.a} ${place.b}`} place={place} />
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
