import { useEffect, useEffectEvent } from 'react';
import type { TimelineActions } from './timeline-tools.tsx';

/** Keys of the timeline, wherever the focus is but in a field; the list that `?` shows. */
export const TIMELINE_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓', 'Row above, below'],
  ['← →', 'Close, open'],
  ['Enter', 'Details of the row'],
  ['+ −', 'Zoom in, out'],
  ['A D', 'Earlier, later'],
  ['0', 'The whole trace'],
  ['Z', 'Zoom to the chosen row'],
  ['E ⇧E', 'Next, previous error'],
  ['F', 'Find in this trace'],
  ['N ⇧N', 'Next, previous match'],
  ['C X', 'Close all, open all'],
  ['P', 'Critical path'],
  ['G', 'Segments below their nodes, or their callers'],
  ['K', 'Clocks corrected or as recorded'],
  ['L', 'Linked traces'],
  ['?', 'This list'],
];

export function useTimelineKeys(actions: TimelineActions): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const act: Readonly<Record<string, () => void>> = {
      '+': actions.zoomIn,
      '=': actions.zoomIn,
      '-': actions.zoomOut,
      a: actions.panLeft,
      d: actions.panRight,
      '0': actions.zoomAll,
      z: actions.zoomRow,
      e: actions.nextError,
      E: actions.previousError,
      n: actions.nextHit,
      N: actions.previousHit,
      c: () => actions.foldTo(1),
      x: () => actions.foldTo(0),
      p: actions.toggleCritical,
      g: actions.toggleGrouped,
      k: actions.toggleClocks,
      l: actions.toggleLinked,
    };
    const run = act[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    globalThis.addEventListener('keydown', listener);
    return () => globalThis.removeEventListener('keydown', listener);
  }, []);
}

export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
