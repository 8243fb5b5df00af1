import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';

const SHOWN_MS = 1500;

interface CopyButtonProps {
  readonly text: () => string;
  readonly label: string;
  readonly word?: string;
}

export function CopyButton({ text, label, word }: CopyButtonProps): ReactNode {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      setState('done');
    } catch {
      setState('failed');
    }
  }
  const said = { idle: word, done: 'Copied', failed: 'Not allowed' }[state];
  return (
    <button
      type="button"
      className={`btn btn-quiet btn-small ${word === undefined ? 'btn-icon' : ''}`}
      onClick={() => void copy()}
      aria-label={label}
      title={label}
    >
      {state === 'done' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      {word === undefined ? null : said}
      <span className="sr-only" aria-live="polite">
        {state === 'idle' ? '' : said}
      </span>
    </button>
  );
}
