import { Menu } from '@mantine/core';
import { IconFilter, IconHistory, IconX } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { columnIn } from '../../summaries/filter-error.ts';
import { visible } from '../../text/visible.ts';
import { recentFilters, rememberFilter } from './recent-filters.ts';

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

interface FilterBoxProps {
  readonly filter: string;
  readonly refusal: string | null;
  readonly onRun: (filter: string) => void;
}

export function FilterBox({ filter, refusal, onRun }: FilterBoxProps): ReactNode {
  const [text, setText] = useState(filter);
  const input = useRef<HTMLInputElement>(null);
  const [shownFor, setShownFor] = useState(filter);
  if (shownFor !== filter) {
    setShownFor(filter);
    setText(filter);
  }
  const run = (next: string): void => {
    setText(next);
    rememberFilter(next);
    onRun(next);
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    run(text);
  }
  return (
    <form className="filter" onSubmit={submit} aria-label="Filter">
      <div className="filter-row">
        <div className="filter-input">
          <IconFilter size={15} className="field-icon" aria-hidden />
          <input
            ref={input}
            className="field mono"
            data-testid="filter"
            placeholder='Filter expression, for example  service("cart") AND fault'
            aria-label="Filter expression"
            aria-invalid={refusal !== null}
            aria-describedby={refusal === null ? undefined : 'filter-refusal'}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {text === '' ? null : (
            <button type="button" className="filter-clear" aria-label="Clear the filter" onClick={() => run('')}>
              <IconX size={14} />
            </button>
          )}
        </div>
        <button type="submit" className="btn btn-primary">
          Run
        </button>
        <FilterMenu onPick={run} />
      </div>
      {refusal === null ? null : <Refusal filter={filter} message={refusal} />}
    </form>
  );
}

/** The expression with a caret under the column that the server names. */
function Refusal({ filter, message }: { readonly filter: string; readonly message: string }): ReactNode {
  const column = columnIn(message);
  const shown = visible(filter, 2000);
  // What follows the first line is the server's own picture of the place.
  const [sentence = message] = message.split('\n', 1);
  return (
    <div className="refusal" id="filter-refusal" role="alert" data-testid="filter-refusal">
      <p>{visible(column === undefined ? message : sentence, 600)}</p>
      {column === undefined ? null : (
        <pre aria-hidden>
          {shown}
          {'\n'}
          {' '.repeat(Math.max(0, Math.min(column - 1, shown.length)))}
          <b>▲</b>
        </pre>
      )}
    </div>
  );
}

function FilterMenu({ onPick }: { readonly onPick: (filter: string) => void }): ReactNode {
  const [recent, setRecent] = useState<readonly string[]>([]);
  return (
    <Menu position="bottom-end" width={360} withinPortal onOpen={() => setRecent(recentFilters())}>
      <Menu.Target>
        <button type="button" className="btn" aria-label="Examples and recent filters" data-testid="filter-menu">
          <IconHistory size={15} aria-hidden />
          <span className="wide-only">Examples</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {recent.length === 0 ? null : <Menu.Label>Recent</Menu.Label>}
        {recent.map((filter) => (
          <Menu.Item key={filter} onClick={() => onPick(filter)}>
            <span className="mono clip menu-code">{visible(filter, 80)}</span>
          </Menu.Item>
        ))}
        <Menu.Label>Examples</Menu.Label>
        {EXAMPLES.map(([label, filter]) => (
          <Menu.Item key={filter} onClick={() => onPick(filter)}>
            <span className="menu-example">
              {label}
              <span className="mono clip muted">{filter}</span>
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
