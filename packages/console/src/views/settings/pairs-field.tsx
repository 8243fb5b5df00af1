import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { addPair, type PairRow } from '../../settings/pairs.ts';

interface PairsFieldProps {
  readonly label: string;
  /** Of one line. */
  readonly word: string;
  readonly rows: readonly PairRow[];
  readonly problem?: string | null;
  readonly onChange: (rows: readonly PairRow[]) => void;
}

/** Keys with values: tags, attributes. */
export function PairsField({ label, word, rows, problem = null, onChange }: PairsFieldProps): ReactNode {
  const set = (id: number, changed: Partial<PairRow>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...changed } : row)));
  return (
    <fieldset className="form-field pairs-field">
      <legend>{label}</legend>
      {rows.map(({ id, key, value }, at) => (
        <div key={id} className="pair-row">
          <input
            className="field mono"
            aria-label={`${word} ${at + 1}, key`}
            placeholder="key"
            value={key}
            onChange={(event) => set(id, { key: event.target.value })}
          />
          <input
            className="field mono"
            aria-label={`${word} ${at + 1}, value`}
            placeholder="value"
            value={value}
            onChange={(event) => set(id, { value: event.target.value })}
          />
          <button
            type="button"
            className="btn btn-quiet btn-icon"
            aria-label={`Remove ${word} ${at + 1}`}
            onClick={() => onChange(rows.filter((row) => row.id !== id))}
          >
            <IconX size={15} />
          </button>
        </div>
      ))}
      <button type="button" className="btn btn-quiet btn-small" onClick={() => onChange(addPair(rows))}>
        <IconPlus size={14} aria-hidden />
        Add {word}
      </button>
      {problem === null ? null : (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
