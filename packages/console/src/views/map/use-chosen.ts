import { useEffect, useRef, useState } from 'react';
import { type ChosenRequests, chosenRequests, type MapPlace } from '../../url/map-place.ts';
import { go } from '../../url/use-place.ts';

const LINK_MS = 250;
const ALL_REQUESTS: ChosenRequests = { outcomes: [], band: null };

/** Of the requests of what is selected. The link has it as soon as nothing is dragged any more. */
export function useChosen(place: MapPlace): readonly [ChosenRequests, (chosen: ChosenRequests) => void] {
  const [own, setOwn] = useState(place.selected?.chosen ?? ALL_REQUESTS);
  const newest = useRef(place);
  useEffect(() => {
    newest.current = place;
  }, [place]);
  useEffect(() => {
    const before = newest.current.selected?.chosen ?? ALL_REQUESTS;
    if (JSON.stringify(before) === JSON.stringify(own)) return undefined;
    const timer = setTimeout(() => {
      const { selected } = newest.current;
      if (selected === null) return;
      const { chosen: _before, ...bare } = selected;
      go({ ...newest.current, selected: { ...bare, ...chosenRequests(own.outcomes, own.band) } }, 'replace');
    }, LINK_MS);
    return () => clearTimeout(timer);
  }, [own]);
  return [own, setOwn];
}
