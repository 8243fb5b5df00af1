import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { IconMoon, IconSettings, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { MAP_PLACE, type Place, settingsPlace } from '../../url/place.ts';
import { setTimeZone } from '../../text/time-zone.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { useTimeZone } from '../../widgets/use-time-zone.ts';
import { KeyboardHelp } from './keyboard-help.tsx';
import { entryOf, PAGE_LIST, rangeOf } from './page-list.ts';
import { PagesMenu } from './pages-menu.tsx';
import { StatusPopover } from './status-popover.tsx';
import { TraceJump } from './trace-jump.tsx';
import { useGoKeys } from './use-go-keys.ts';

/** Pages that tell of their keys themselves. */
const HAS_OWN_KEY_LIST: ReadonlySet<Place['page']> = new Set(['trace']);

export function Bar({ place }: { readonly place: Place }): ReactNode {
  const range = rangeOf(place);
  const current = entryOf(place);
  useGoKeys(place);
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
      <PagesMenu key={place.page} place={place} />
      <nav className="nav" aria-label="Pages">
        {PAGE_LIST.filter(({ name }) => name !== 'settings').map((entry) => (
          <PlaceLink
            key={entry.name}
            to={entry.placeAt(range)}
            current={entry === current}
            testId={`nav-${entry.name}`}
          >
            {entry.word}
          </PlaceLink>
        ))}
      </nav>
      <div className="bar-end">
        <TraceJump />
        {HAS_OWN_KEY_LIST.has(place.page) ? null : <KeyboardHelp page={place.page} />}
        <PlaceLink
          to={settingsPlace('groups')}
          current={place.page === 'settings'}
          className="btn btn-quiet btn-icon wide-only"
          testId="nav-settings"
          title="Settings"
        >
          <IconSettings size={17} stroke={1.7} aria-hidden />
          <span className="sr-only">Settings</span>
        </PlaceLink>
        <StatusPopover key={place.page} />
        <ZoneButton />
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

function ZoneButton(): ReactNode {
  const isUtc = useTimeZone() === 'utc';
  const label = isUtc ? 'Times are UTC. Show local times' : 'Times are local. Show UTC';
  return (
    <button
      type="button"
      className="btn btn-quiet btn-small zone-button"
      aria-label={label}
      title={label}
      data-testid="zone"
      onClick={() => setTimeZone(isUtc ? 'local' : 'utc')}
    >
      {isUtc ? 'UTC' : 'Local'}
    </button>
  );
}
