import { parseTraceIdAnySpelling } from '@fluoroscope/model';
import { IconFilter, IconX } from '@tabler/icons-react';
import { type FormEvent, lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { rememberFilter } from '../../filter/kept-filters.ts';
import { columnIn } from '../../summaries/filter-error.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import type { Range } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { FilterBuilder } from './filter-builder.tsx';
import { FilterMenu } from './filter-menu.tsx';
import { useFilterCheck, useFilterWords } from './use-filter-help.ts';

/** The list comes first; until the editor does, a plain field does its work. */
const EDITOR_MS = 700;
const FilterEditor = lazy(async () => {
  await new Promise((loaded) => setTimeout(loaded, EDITOR_MS));
  return { default: (await import('./filter-editor.tsx')).FilterEditor };
});

const HINT = 'Filter expression or trace id, for example  service("cart") AND fault';

interface FilterBoxProps {
  /** Of several on one page. */
  readonly label?: string;
  readonly filter: string;
  /** Whose names and values are offered. */
  readonly range: Range;
  readonly refusal: string | null;
  readonly onRun: (filter: string) => void;
}

export function FilterBox({ label = 'Filter', filter, range, refusal, onRun }: FilterBoxProps): ReactNode {
  const [text, setText] = useState(filter);
  const [shownFor, setShownFor] = useState(filter);
  const plain = useRef<HTMLInputElement>(null);
  const [plainFocused, setPlainFocused] = useState(false);
  const words = useFilterWords(range);
  const problem = useFilterCheck(parseTraceIdAnySpelling(text).ok ? '' : text);
  if (shownFor !== filter) {
    setShownFor(filter);
    setText(filter);
  }
  const run = (next: string): void => {
    if (openTrace(next)) return;
    setText(next);
    rememberFilter(next);
    onRun(next);
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    run(text);
  }
  return (
    <form className="filter" onSubmit={submit} aria-label={label}>
      <div className="filter-row">
        <div className="filter-input">
          <IconFilter size={15} className="field-icon" aria-hidden />
          <Suspense
            fallback={
              <input
                ref={plain}
                className="field mono"
                data-testid="filter"
                placeholder={HINT}
                aria-label="Filter expression"
                spellCheck={false}
                autoComplete="off"
                value={text}
                onChange={(event) => setText(event.target.value)}
                onFocus={() => setPlainFocused(true)}
                onBlur={() => setPlainFocused(false)}
              />
            }
          >
            <FilterEditor
              text={text}
              hint={HINT}
              words={words}
              problem={problem}
              focused={plainFocused}
              onText={setText}
              onRun={() => run(text)}
            />
          </Suspense>
          {text === '' ? null : (
            <button type="button" className="filter-clear" aria-label="Clear the filter" onClick={() => run('')}>
              <IconX size={14} />
            </button>
          )}
        </div>
        <button type="submit" className="btn btn-primary">
          Run
        </button>
        <FilterBuilder filter={text} words={words} onRun={run} />
        <FilterMenu filter={text} onPick={run} />
      </div>
      {refusal === null ? null : <Refusal filter={filter} message={refusal} />}
    </form>
  );
}

/** False: it is no trace's id. */
function openTrace(text: string): boolean {
  const id = parseTraceIdAnySpelling(text);
  if (id.ok) go(tracePlace(id.value));
  return id.ok;
}

/** The expression with a caret under the column that the server names. */
export function Refusal({ filter, message }: { readonly filter: string; readonly message: string }): ReactNode {
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
