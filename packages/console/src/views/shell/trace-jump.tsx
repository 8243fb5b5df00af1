import { parseTraceIdAnySpelling } from '@fluoroscope/model';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { tracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';

/** Opens a trace by id, in any spelling; a pasted id needs no Enter. */
export function TraceJump(): ReactNode {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  function open(candidate: string): boolean {
    const id = parseTraceIdAnySpelling(candidate);
    if (!id.ok) return false;
    go(tracePlace(id.value));
    setText('');
    input.current?.blur();
    return true;
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    setRefused(text.trim() !== '' && !open(text));
  }
  return (
    <form className="jump" role="search" onSubmit={submit}>
      <IconSearch size={15} className="field-icon" aria-hidden />
      <input
        ref={input}
        className="field"
        placeholder="Open a trace by id  ( / )"
        aria-label="Open a trace by id"
        aria-invalid={refused}
        title={refused ? 'A trace id is 1-8-24 hex digits, or 32 or 16 hex digits' : undefined}
        data-testid="trace-jump"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setRefused(false);
        }}
        onPaste={(event) => {
          if (open(event.clipboardData.getData('text'))) event.preventDefault();
        }}
      />
    </form>
  );
}
