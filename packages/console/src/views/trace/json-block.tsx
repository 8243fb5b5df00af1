import type { Json } from '@fluoroscope/model';
import { type ReactNode, useMemo } from 'react';
import { visibleBlock } from '../../text/visible.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';

/** Longest text put on the page at once; copying takes all of it. Protects the browser. */
const SHOWN_CHARS_MAX = 400_000;

export function JsonBlock({ value, label }: { readonly value: Json; readonly label: string }): ReactNode {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  return <CodeBlock text={text} label={label} json />;
}

interface CodeBlockProps {
  readonly text: string;
  readonly label: string;
  readonly json?: boolean;
}

export function CodeBlock({ text, label, json = false }: CodeBlockProps): ReactNode {
  const shown = useMemo(() => visibleBlock(text, SHOWN_CHARS_MAX), [text]);
  return (
    <div className="code">
      <div className="code-copy">
        <CopyButton text={() => text} label={label} word="Copy" />
      </div>
      <pre tabIndex={0}>{json && shown.length < COLOURED_CHARS_MAX ? coloured(shown) : shown}</pre>
      {text.length > SHOWN_CHARS_MAX ? (
        <p className="muted">Cut here for display. Copy takes all {text.length.toLocaleString('en-US')} characters.</p>
      ) : null}
    </div>
  );
}

/** Each token is an element; beyond this they would slow the page. */
const COLOURED_CHARS_MAX = 60_000;
// Printed JSON: a string (a key when a colon follows), a number, or a word.
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

function coloured(text: string): readonly ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon, number] = match;
    parts.push(text.slice(from, match.index));
    const kind =
      quoted === undefined ? (number === undefined ? 'word' : 'number') : colon === undefined ? 'string' : 'key';
    parts.push(
      <span key={match.index} className={`j-${kind}`}>
        {whole}
      </span>,
    );
    from = match.index + whole.length;
  }
  parts.push(text.slice(from));
  return parts;
}
