import { useEffect, useEffectEvent, useRef } from 'react';
import type { Place } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { PAGE_LIST, rangeOf } from './page-list.ts';

const FIELDS = 'input, textarea, select, dialog[open], [contenteditable="true"]';

/** `g`, and then the letter of a page. Any other key or press between them ends it. */
export function useGoKeys(place: Place): void {
  const isBegun = useRef(false);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const begun = isBegun.current;
    isBegun.current = false;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return;
    if (!begun) {
      isBegun.current = event.key === 'g';
      return;
    }
    const entry = PAGE_LIST.find(({ key }) => key === event.key);
    if (entry === undefined) return;
    // The page that is left has keys of its own.
    event.stopImmediatePropagation();
    event.preventDefault();
    go(entry.placeAt(rangeOf(place)));
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    const end = (): void => {
      isBegun.current = false;
    };
    window.addEventListener('keydown', listen, { capture: true });
    window.addEventListener('pointerdown', end);
    return () => {
      window.removeEventListener('keydown', listen, { capture: true });
      window.removeEventListener('pointerdown', end);
    };
  }, []);
}
