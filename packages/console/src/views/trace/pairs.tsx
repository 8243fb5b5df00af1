import type { Json, JsonObject } from '@fluoroscope/model';
import type { ReactNode } from 'react';
import { visible, visibleBlock } from '../../text/visible.ts';

/** Longest value shown in full; the raw tab has the rest. */
const VALUE_CHARS_MAX = 4000;
const PAIRS_COUNT_MAX = 500;

/** Keys and values of an object, nested objects as JSON. Everything is text from the outside. */
export function Pairs({ value }: { readonly value: JsonObject }): ReactNode {
  const entries = Object.entries(value);
  return (
    <dl className="pairs">
      {entries.slice(0, PAIRS_COUNT_MAX).map(([key, item]) => (
        <div key={key}>
          <dt className="mono">{visible(key, 120)}</dt>
          <dd>
            <SafeText value={item} />
          </dd>
        </div>
      ))}
      {entries.length > PAIRS_COUNT_MAX ? (
        <p className="muted">and {entries.length - PAIRS_COUNT_MAX} more in the raw document</p>
      ) : null}
    </dl>
  );
}

/** A link only for a whole http(s) address: any other scheme could run something. */
export function SafeText({ value }: { readonly value: Json }): ReactNode {
  if (typeof value === 'string') {
    const shown = visible(value, VALUE_CHARS_MAX);
    if (!/^https?:\/\/[^\s]+$/i.test(value) || !URL.canParse(value)) return shown;
    return (
      <a href={value} target="_blank" rel="noopener noreferrer nofollow">
        {shown}
      </a>
    );
  }
  if (typeof value === 'object' && value !== null) {
    return <pre className="json-inline mono">{visibleBlock(JSON.stringify(value, null, 1), VALUE_CHARS_MAX)}</pre>;
  }
  return <span className="mono">{String(value)}</span>;
}
