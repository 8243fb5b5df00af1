import { Popover } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Place } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { entryOf, PAGE_LIST, rangeOf } from './page-list.ts';

/** All pages under one button, where the bar is too narrow for their links. */
export function PagesMenu({ place }: { readonly place: Place }): ReactNode {
  const [open, setOpen] = useState(false);
  const current = entryOf(place);
  const range = rangeOf(place);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          className="btn btn-quiet pages-button"
          data-testid="pages"
          onClick={() => setOpen((was) => !was)}
        >
          <span className="sr-only">Pages: </span>
          {current?.word ?? 'Pages'}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Pages">
        <nav className="pop pop-menu pages-pop" aria-label="Pages">
          {PAGE_LIST.map((entry) => (
            <PlaceLink
              key={entry.name}
              to={entry.placeAt(range)}
              current={entry === current}
              className="menu-item"
              testId={`pages-${entry.name}`}
            >
              {entry.word}
            </PlaceLink>
          ))}
        </nav>
      </Popover.Dropdown>
    </Popover>
  );
}
