import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import type { Change } from './use-change.ts';

interface ConfirmProps {
  readonly title: string;
  readonly word: string;
  readonly change: Change;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before something goes for good, and stays while the server refuses. */
export function Confirm({ title, word, change, onYes, onClose, children }: ConfirmProps): ReactNode {
  return (
    <Dialog title={title} testId="confirm" onClose={onClose}>
      <div className="sheet-body">
        {children}
        <Problem text={change.problem} />
      </div>
      <div className="sheet-foot">
        <button type="button" className="btn" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="btn btn-danger"
          data-testid="confirm-yes"
          disabled={change.busy}
          onClick={onYes}
        >
          {word}
        </button>
      </div>
    </Dialog>
  );
}

export function Problem({ text }: { readonly text: string | null }): ReactNode {
  return text === null ? null : (
    <p className="notice o-fault" role="alert" data-testid="problem">
      {text}
    </p>
  );
}
