import { Popover } from '@mantine/core';
import { IconColumns3, IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { COLUMN_IDS, columnOf, COLUMNS_MAX, moved } from '../../summaries/columns.ts';
import { visible } from '../../text/visible.ts';

interface ColumnsMenuProps {
  readonly shown: readonly string[];
  readonly annotationKeys: readonly string[];
  /** Null: as they are without a choice. */
  readonly onChange: (ids: readonly string[] | null) => void;
}

/** Which columns the list has, in which order. */
export function ColumnsMenu(props: ColumnsMenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn btn-small"
          aria-label="Columns"
          aria-expanded={open}
          data-testid="columns"
          onClick={() => setOpen(!open)}
        >
          <IconColumns3 size={14} aria-hidden />
          <span className="wide-only">Columns</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <Lists {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Lists({ shown, annotationKeys, onChange }: ColumnsMenuProps): ReactNode {
  const [search, setSearch] = useState('');
  const all = [...COLUMN_IDS, ...annotationKeys.map((key) => `annotation.${key}`)];
  const wanted = search.trim().toLowerCase();
  const others = all.filter((id) => !shown.includes(id) && labelOf(id).toLowerCase().includes(wanted));
  return (
    <div className="pop columns-pop" data-testid="columns-pop">
      <div className="columns-head">
        <h2 id="columns-title">Columns</h2>
        <button type="button" className="link-button" data-testid="columns-reset" onClick={() => onChange(null)}>
          Reset
        </button>
      </div>
      <p className="muted columns-hint">Drag to order, or focus a grip and press ↑ ↓.</p>
      <ShownColumns shown={shown} onChange={onChange} />
      <input
        className="field"
        type="search"
        placeholder="Add a column or annotation"
        aria-label="Search columns"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="columns-list columns-others" aria-label="More columns">
        {others.map((id) => (
          <li key={id}>
            <label className="columns-label">
              <input
                type="checkbox"
                checked={false}
                disabled={shown.length >= COLUMNS_MAX}
                data-testid={`column-${id}`}
                onChange={() => onChange([...shown, id])}
              />
              <span className="clip">{visible(labelOf(id), 60)}</span>
              {id.startsWith('annotation.') ? <span className="muted">annotation</span> : null}
            </label>
          </li>
        ))}
      </ul>
      {others.length === 0 ? <p className="muted columns-hint">No more columns of this name.</p> : null}
    </div>
  );
}

function ShownColumns({ shown, onChange }: Omit<ColumnsMenuProps, 'annotationKeys'>): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const dragged = useRef<string | null>(null);
  const [lifted, setLifted] = useState<string | null>(null);

  function onKeyDown(event: KeyboardEvent<HTMLElement>, at: number): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
    if (by === 0) return;
    event.preventDefault();
    const to = Math.min(shown.length - 1, Math.max(0, at + by));
    if (to === at) return;
    onChange(moved(shown, at, to));
    // It may lose the focus on the way.
    const grip = event.currentTarget;
    requestAnimationFrame(() => grip.focus());
  }
  function onPointerMove(event: PointerEvent): void {
    const id = dragged.current;
    const items = [...(list.current?.children ?? [])];
    if (id === null) return;
    const to = items.findIndex((item) => event.clientY < item.getBoundingClientRect().bottom);
    const [at, target] = [shown.indexOf(id), to < 0 ? items.length - 1 : to];
    if (target !== at) onChange(moved(shown, at, target));
  }
  function drop(): void {
    dragged.current = null;
    setLifted(null);
  }
  return (
    <ul
      ref={list}
      className="columns-list"
      aria-labelledby="columns-title"
      data-testid="columns-shown"
      onPointerMove={onPointerMove}
      onPointerUp={drop}
      onPointerCancel={drop}
    >
      {shown.map((id, at) => (
        <li key={id} data-lifted={lifted === id}>
          <button
            type="button"
            className="columns-grip"
            aria-label={`Move ${labelOf(id)}, ${at + 1} of ${shown.length}`}
            data-testid={`grip-${id}`}
            onKeyDown={(event) => onKeyDown(event, at)}
            onPointerDown={(event) => {
              // The list holds the pointer: what is dragged changes its place in it.
              list.current?.setPointerCapture(event.pointerId);
              dragged.current = id;
              setLifted(id);
            }}
          >
            <IconGripVertical size={14} aria-hidden />
          </button>
          <label className="columns-label">
            <input
              type="checkbox"
              checked
              disabled={shown.length === 1}
              data-testid={`column-${id}`}
              onChange={() => onChange(shown.filter((it) => it !== id))}
            />
            <span className="clip">{visible(labelOf(id), 60)}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}

function labelOf(id: string): string {
  return columnOf(id)?.label ?? id;
}
