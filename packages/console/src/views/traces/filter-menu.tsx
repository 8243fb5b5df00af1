import { Popover } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import {
  forgetFilter,
  NAME_CHARS_MAX,
  recentFilters,
  SAVED_MAX,
  savedFilters,
  saveFilter,
} from '../../filter/kept-filters.ts';
import { visible } from '../../text/visible.ts';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Failed requests', 'fault = true OR error = true'],
  ['Throttled anywhere', 'throttle'],
  ['Slow answers', 'responsetime > 0.5'],
  ['Through one service', 'service("cart")'],
  ['By path', 'http.url CONTAINS "/checkout"'],
  ['By status', 'http.status >= 500'],
  ['By annotation', 'annotation.tier = "gold"'],
  ['Still running', 'partial'],
];

interface FilterMenuProps {
  readonly filter: string;
  readonly onPick: (filter: string) => void;
}

/** Saved, recent and example filters; the first two are kept in this browser. */
export function FilterMenu({ filter, onPick }: FilterMenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-label="Saved and recent filters"
          data-testid="filter-menu"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconBookmark size={15} aria-hidden />
          <span className="wide-only">Saved</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <FilterLists
          filter={filter}
          onPick={(picked) => {
            setOpen(false);
            onPick(picked);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function FilterLists({ filter, onPick }: FilterMenuProps): ReactNode {
  const [recent] = useState(recentFilters);
  const [saved, setSaved] = useState(savedFilters);
  return (
    <div className="filter-dropdown" tabIndex={-1}>
      {filter.trim() === '' ? null : <SaveForm filter={filter} onSaved={() => setSaved(savedFilters())} />}
      {saved.length === 0 ? null : <h2>Saved</h2>}
      {saved.map(({ name, filter: kept }) => (
        <div className="saved-line" key={name}>
          <Pick label={name} filter={kept} testId={`saved-${name}`} onPick={onPick} />
          <button
            type="button"
            className="btn btn-quiet btn-small btn-icon"
            aria-label={`Forget ${visible(name, 60)}`}
            onClick={() => {
              forgetFilter(name);
              setSaved(savedFilters());
            }}
          >
            <IconTrash size={14} />
          </button>
        </div>
      ))}
      {recent.length === 0 ? null : <h2>Recent</h2>}
      {recent.map((it) => (
        <Pick key={it} filter={it} onPick={onPick} />
      ))}
      <h2>Examples</h2>
      {EXAMPLES.map(([label, it]) => (
        <Pick key={it} label={label} filter={it} onPick={onPick} />
      ))}
    </div>
  );
}

interface PickProps {
  readonly label?: string;
  readonly filter: string;
  readonly testId?: string;
  readonly onPick: (filter: string) => void;
}

function Pick({ label, filter, testId, onPick }: PickProps): ReactNode {
  return (
    <button type="button" className="filter-pick" data-testid={testId} onClick={() => onPick(filter)}>
      {label === undefined ? null : visible(label, 80)}
      <span className={`mono clip ${label === undefined ? '' : 'muted'}`}>{visible(filter, 120)}</span>
    </button>
  );
}

function SaveForm({ filter, onSaved }: { readonly filter: string; readonly onSaved: () => void }): ReactNode {
  const [name, setName] = useState('');
  const [failed, setFailed] = useState(false);
  function submit(event: FormEvent): void {
    event.preventDefault();
    // The page's own form is around this one for React's events.
    event.stopPropagation();
    if (name.trim() === '') return;
    const done = saveFilter({ name: name.trim(), filter });
    setFailed(!done);
    if (!done) return;
    setName('');
    onSaved();
  }
  return (
    <form className="save-form" onSubmit={submit} aria-label="Save this filter">
      <input
        className="field"
        placeholder="Save this filter as…"
        aria-label="Name of the filter"
        data-testid="save-name"
        maxLength={NAME_CHARS_MAX}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="btn" data-testid="save-filter" disabled={name.trim() === ''}>
        Save
      </button>
      {failed ? (
        <p className="notice o-fault">Not saved: {SAVED_MAX} are kept at most, and this browser must allow storage.</p>
      ) : null}
    </form>
  );
}
