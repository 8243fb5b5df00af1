import type { ReactNode } from 'react';

interface FormFootProps {
  /** What saving does. */
  readonly word: string;
  readonly disabled: boolean;
  readonly onClose: () => void;
}

export function FormFoot({ word, disabled, onClose }: FormFootProps): ReactNode {
  return (
    <div className="sheet-foot">
      <button type="button" className="btn" onClick={onClose}>
        Cancel
      </button>
      <button type="submit" className="btn btn-primary" data-testid="save" disabled={disabled}>
        {word}
      </button>
    </div>
  );
}
