import { IconKeyboard, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Place } from '../../url/place.ts';
import { shortcutsOf } from './shortcuts.ts';

/** The list of keys, under `?` and a button. */
export function KeyboardHelp({ page }: { readonly page: Place['page'] }): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, [contenteditable="true"]') !== null;
      if (event.key !== '?' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (dialog.current?.open === true) dialog.current.close();
      else dialog.current?.showModal();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        className="btn btn-quiet btn-icon wide-only"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts ( ? )"
        data-testid="keys"
        onClick={() => dialog.current?.showModal()}
      >
        <IconKeyboard size={17} stroke={1.7} />
      </button>
      <dialog
        ref={dialog}
        className="keys"
        aria-labelledby="keys-title"
        data-testid="keys-list"
        onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      >
        <div className="keys-head">
          <h2 id="keys-title">Keyboard</h2>
          <button
            type="button"
            className="btn btn-quiet btn-small btn-icon"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <IconX size={15} />
          </button>
        </div>
        <div className="keys-parts">
          {shortcutsOf(page).map(({ title, shortcuts }) => (
            <section key={title} className="keys-part">
              <h3>{title}</h3>
              <dl>
                {shortcuts.map(({ keys, what }) => (
                  <div key={what}>
                    <dt>{what}</dt>
                    <dd>{keys.map((key) => (key === 'then' ? ' then ' : <kbd key={key}>{key}</kbd>))}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </dialog>
    </>
  );
}
