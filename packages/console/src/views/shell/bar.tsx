import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { MAP_PLACE, type Place, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { StatusPopover } from './status-popover.tsx';
import { TraceJump } from './trace-jump.tsx';

/** Pages that tell of their keys themselves. */
const HAS_OWN_KEY_LIST: ReadonlySet<Place['page']> = new Set(['trace']);

export function Bar({ place }: { readonly place: Place }): ReactNode {
  const range = place.page === 'map' || place.page === 'traces' ? place.range : MAP_PLACE.range;
  return (
    <header className="bar">
      <PlaceLink to={{ ...MAP_PLACE, range }} className="brand" title="Fluoroscope">
        <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden>
          <rect width="24" height="24" rx="6.5" fill="currentColor" />
          <g fill="none" stroke="var(--on-accent)" strokeWidth="1.9">
            <circle cx="7.6" cy="12" r="2.9" />
            <path d="m10.2 10.7 5-2.9M10.2 13.3l5 2.9" />
          </g>
          <circle cx="17" cy="6.9" r="2.1" fill="var(--on-accent)" />
          <circle cx="17" cy="17.1" r="2.1" fill="var(--on-accent)" />
        </svg>
        <span>Fluoroscope</span>
      </PlaceLink>
      <nav className="nav" aria-label="Pages">
        <PlaceLink to={{ ...MAP_PLACE, range }} current={place.page === 'map'} testId="nav-map">
          Map
        </PlaceLink>
        <PlaceLink
          to={{ ...TRACES_PLACE, range }}
          current={place.page === 'traces' || place.page === 'trace'}
          testId="nav-traces"
        >
          Traces
        </PlaceLink>
      </nav>
      <div className="bar-end">
        <TraceJump />
        {HAS_OWN_KEY_LIST.has(place.page) ? null : <KeyboardHelp page={place.page} />}
        <StatusPopover />
        <SchemeButton />
      </div>
    </header>
  );
}

function SchemeButton(): ReactNode {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <button
      type="button"
      className="btn btn-quiet btn-icon"
      aria-label={label}
      title={label}
      data-testid="scheme"
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={17} stroke={1.7} /> : <IconMoon size={17} stroke={1.7} />}
    </button>
  );
}
