import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** Escape and a click beside it do not close it: what it shows is shown once. */
  readonly held?: boolean;
  readonly children: ReactNode;
}

/** Open for as long as it is there. */
export function Dialog({ title, testId, onClose, wide = false, held = false, children }: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const { current } = dialog;
    if (current !== null && !current.open) current.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`sheet ${wide ? 'sheet-wide' : ''}`}
      aria-labelledby={titleId}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        if (!held) onClose();
      }}
    >
      <div className="sheet-head">
        <h2 id={titleId}>{title}</h2>
        {held ? null : (
          <button type="button" className="btn btn-quiet btn-small btn-icon" aria-label="Close" onClick={onClose}>
            <IconX size={15} />
          </button>
        )}
      </div>
      {children}
    </dialog>
  );
}
