import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { MapNode } from '../../map/graph.ts';
import { typeLabel } from '../../map/kind.ts';
import { clipMiddle } from '../../text/visible.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';

const FOUND_MAX = 8;

interface FindNodeProps {
  readonly nodes: readonly MapNode[];
  readonly onFind: (key: string) => void;
}

/** A combobox: type, arrow keys, Enter. */
export function FindNode({ nodes, onFind }: FindNodeProps): ReactNode {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found =
    wanted === ''
      ? []
      : nodes.filter((node) => `${node.name} ${node.type ?? ''}`.toLowerCase().includes(wanted)).slice(0, FOUND_MAX);

  function pick(node: MapNode | undefined): void {
    if (node === undefined) return;
    onFind(node.key);
    setText('');
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Enter') pick(found[active]);
    else if (event.key === 'Escape') setText('');
    else return;
    event.preventDefault();
  }
  return (
    <div className="find">
      <IconSearch size={15} className="field-icon" aria-hidden />
      <input
        className="field"
        placeholder="Find a node"
        aria-label="Find a node"
        role="combobox"
        aria-expanded={wanted !== ''}
        aria-controls="found-nodes"
        aria-activedescendant={found[active] === undefined ? undefined : `found-${active}`}
        data-testid="find-node"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setText('')}
      />
      {wanted === '' ? null : (
        <ul className="find-list" role="listbox" id="found-nodes" aria-label="Nodes">
          {found.length === 0 ? <li className="find-none">No node has this in its name</li> : null}
          {found.map((node, index) => (
            <li
              key={node.key}
              id={`found-${index}`}
              role="option"
              aria-selected={index === active}
              onPointerDown={(event) => {
                event.preventDefault();
                pick(node);
              }}
            >
              <KindIcon kind={node.kind} />
              <span className="clip">{clipMiddle(node.shortName, 34)}</span>
              <span className="muted">{typeLabel(node.type)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
