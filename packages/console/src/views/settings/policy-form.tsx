import type { ResourcePolicy } from '@fluoroscope/api';
import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { visible } from '../../text/visible.ts';
import type { Opened } from '../../url/settings-place.ts';
import { Problem } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Check, Field } from './field.tsx';
import { FormFoot } from './form-foot.tsx';
import { PolicyConflict } from './policy-conflict.tsx';
import { PolicyText } from './policy-text.tsx';
import { usePolicyDraft } from './use-policy-draft.ts';

const NAME_CHARS_MAX = 128;
/** What the server calls the way around its check, where it refused for that. */
const BYPASS = 'BypassPolicyLockoutCheck';

interface PolicyFormProps {
  readonly open: Opened;
  /** As they are now: others may change them while this one is open. */
  readonly policies: readonly ResourcePolicy[];
  readonly onClose: () => void;
}

export function PolicyForm({ open, policies, onClose }: PolicyFormProps): ReactNode {
  const [opened] = useState(() => policies.find(({ PolicyName }) => PolicyName === open.name));
  const isEdit = open.how === 'edit';
  if (isEdit && opened === undefined) return null;
  const title = isEdit ? `Policy ${visible(open.name, 60)}` : 'New policy';
  return (
    <Dialog title={title} testId="policy-form" wide onClose={onClose}>
      <PolicyFields isEdit={isEdit} opened={opened} policies={policies} onClose={onClose} />
    </Dialog>
  );
}

interface PolicyFieldsProps extends Omit<PolicyFormProps, 'open'> {
  readonly isEdit: boolean;
  /** Undefined: a new one, like none. */
  readonly opened: ResourcePolicy | undefined;
}

function PolicyFields({ isEdit, opened, policies, onClose }: PolicyFieldsProps): ReactNode {
  const draft = usePolicyDraft(isEdit, opened);
  const { name, document, mayLockOut, revision, field, refusal } = draft;
  const { busy, problem } = draft.change;
  const editor = useRef<HTMLTextAreaElement>(null);
  useCaretAt(editor, field === 'PolicyDocument' ? problem : null, refusal?.at);
  const isConflict = isEdit && field === 'PolicyRevisionId';
  const isNameTaken = !isEdit && field === 'PolicyRevisionId';
  async function save(over?: string | null): Promise<void> {
    if (await draft.save(over)) onClose();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }
  return (
    <form onSubmit={submit} className="sheet-form">
      <div className="sheet-body">
        <Field
          label="Name"
          value={name}
          onChange={draft.setName}
          disabled={isEdit}
          charsMax={NAME_CHARS_MAX}
          testId="policy-name"
          problem={field === 'PolicyName' || isNameTaken ? problem : null}
          hint={isEdit ? 'A policy keeps its name.' : 'Letters, digits and _ + = , . @ -'}
          autoFocus={!isEdit}
        />
        <PolicyText
          ref={editor}
          document={document}
          problem={field === 'PolicyDocument' ? problem : null}
          refusal={refusal}
          onChange={draft.setDocument}
        />
        {mayLockOut || problem?.includes(BYPASS) === true ? (
          <Check
            label="Take it even if nobody can change policies afterwards"
            hint="It is undone then only on the server’s own machine, with the server stopped."
            checked={mayLockOut}
            onChange={draft.setMayLockOut}
            testId="policy-bypass"
          />
        ) : null}
        {isConflict ? (
          <PolicyConflict
            revision={revision}
            latest={policies.find(({ PolicyName }) => PolicyName === name)}
            busy={busy}
            onTheirs={draft.take}
            onMine={(theirs) => void save(theirs?.PolicyRevisionId ?? null)}
          />
        ) : (
          <Problem text={field === null ? problem : null} />
        )}
      </div>
      <FormFoot word={isEdit ? 'Save' : 'Create policy'} disabled={busy || isConflict} onClose={onClose} />
    </form>
  );
}

/** Where the text is refused is where one goes on writing. */
function useCaretAt(
  editor: RefObject<HTMLTextAreaElement | null>,
  problem: string | null,
  at: number | undefined,
): void {
  useEffect(() => {
    if (problem === null) return;
    editor.current?.focus();
    if (at !== undefined) editor.current?.setSelectionRange(at, at);
  }, [editor, problem, at]);
}
