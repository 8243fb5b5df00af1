import type { Place } from '../../url/place.ts';
import { PAGE_LIST } from './page-list.ts';

/** Keys pressed one after another are told by `then`. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly what: string;
}

export interface ShortcutGroup {
  readonly title: string;
  /** Pages on which they work; empty for all. */
  readonly pages: readonly Place['page'][];
  readonly shortcuts: readonly Shortcut[];
}

/** Everything that the keyboard does, for the list under `?`. Whoever adds a key adds a line. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    pages: [],
    shortcuts: [
      { keys: ['?'], what: 'Show this list' },
      { keys: ['/'], what: 'Open a trace by its id' },
      ...PAGE_LIST.map(({ key, word }) => ({ keys: ['g', 'then', key], what: `Go to ${word}` })),
      { keys: ['Esc'], what: 'Close what is open' },
    ],
  },
  {
    title: 'Service map',
    pages: ['map'],
    shortcuts: [
      { keys: ['←', '→'], what: 'Go to a caller or callee' },
      { keys: ['↑', '↓'], what: 'Go to the node above or below' },
      { keys: ['Enter'], what: 'Open the node' },
      { keys: ['f'], what: 'Focus on the node' },
      { keys: ['e'], what: 'Open or close its box' },
      { keys: ['+', '−'], what: 'Zoom' },
      { keys: ['0'], what: 'Fit the whole map' },
      { keys: ['Shift', '←→↑↓'], what: 'Move the map' },
    ],
  },
  {
    title: 'Replay',
    pages: ['map'],
    shortcuts: [
      { keys: ['p'], what: 'Play or pause' },
      { keys: ['[', ']'], what: 'One step back or on' },
    ],
  },
  {
    title: 'Traces',
    pages: ['traces'],
    shortcuts: [
      { keys: ['x'], what: 'Tick the trace in focus, to compare two' },
      { keys: ['c'], what: 'Compare the two that are ticked' },
      { keys: ['l'], what: 'Start or stop the live tail' },
      { keys: ['←', '→'], what: 'Move a side of the chosen times, by its handle' },
      { keys: ['↑', '↓'], what: 'Move the shortest or longest response time' },
      { keys: ['Enter'], what: 'List what is chosen' },
      { keys: ['↑', '↓'], what: 'Move a column, by its grip' },
    ],
  },
  {
    title: 'Histogram',
    pages: ['map', 'analytics', 'traces'],
    shortcuts: [
      { keys: ['←', '→'], what: 'Move the chosen end of the band' },
      { keys: ['Shift', '←→'], what: 'Move it faster' },
    ],
  },
];

/** Those of a page, its own ones first. */
export function shortcutsOf(page: Place['page']): readonly ShortcutGroup[] {
  const own = SHORTCUTS.filter(({ pages }) => pages.includes(page));
  return [...own, ...SHORTCUTS.filter(({ pages }) => pages.length === 0)];
}
