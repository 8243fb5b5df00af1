import { type ReactNode, type Ref, useId } from 'react';
import { formatPolicy, type PolicyRefusal } from '../../settings/policy.ts';
import { formatCountOf } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';

interface PolicyTextProps {
  readonly ref: Ref<HTMLTextAreaElement>;
  readonly document: string;
  /** What the server said of it when it was to be kept. */
  readonly problem: string | null;
  readonly refusal: PolicyRefusal | null;
  readonly onChange: (document: string) => void;
}

export function PolicyText({ ref, document, problem, refusal, onChange }: PolicyTextProps): ReactNode {
  const id = useId();
  const formatted = formatPolicy(document);
  const sizeBytes = new TextEncoder().encode(document).length;
  return (
    <div className="form-field">
      <label htmlFor={id}>Document</label>
      <textarea
        ref={ref}
        id={id}
        className="field mono policy-text"
        rows={13}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        value={document}
        data-testid="policy-document"
        aria-invalid={problem !== null}
        aria-describedby={`${id}-hint${problem === null ? '' : ` ${id}-problem`}`}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="policy-foot">
        <p className="form-hint" id={`${id}-hint`}>
          JSON, {formatCountOf(sizeBytes, 'byte')}. The server checks it when you save.
        </p>
        <button
          type="button"
          className="btn btn-quiet btn-small"
          data-testid="policy-format"
          disabled={formatted === null || formatted === document}
          onClick={() => formatted !== null && onChange(formatted)}
        >
          Format
        </button>
      </div>
      {problem === null ? null : (
        <div className="refusal" id={`${id}-problem`} role="alert" data-testid="policy-refusal">
          {refusal === null ? <p>{visible(problem, 600)}</p> : <Place refusal={refusal} />}
        </div>
      )}
    </div>
  );
}

/** Of the line around the place. */
const BEFORE_CHARS_MAX = 40;
const LINE_CHARS_MAX = 90;

function Place({ refusal: { sentence, place } }: { readonly refusal: PolicyRefusal }): ReactNode {
  const start = Math.max(0, place.column - 1 - BEFORE_CHARS_MAX);
  return (
    <>
      <p>
        <strong>
          Line {place.line}, column {place.column}.
        </strong>{' '}
        {visible(sentence, 600)}
      </p>
      <pre aria-hidden>
        {visible(place.text.slice(start, start + LINE_CHARS_MAX), LINE_CHARS_MAX)}
        {'\n'}
        {' '.repeat(place.column - 1 - start)}
        <b>▲</b>
      </pre>
    </>
  );
}
