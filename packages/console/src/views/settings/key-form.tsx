import { KEY_NAME_CHARS_MAX, KEY_SCOPES, type KeyScope, type NewKey, type NewKeyInput } from '@fluoroscope/api';
import { type FormEvent, type ReactNode, useState } from 'react';
import { createKey } from '../../http/administration.ts';
import { logIn, whileLoggingIn } from '../../http/login.ts';
import { refusedField } from '../../settings/refusal.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Problem } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Check, Field } from './field.tsx';
import { FormFoot } from './form-foot.tsx';
import { SCOPE_TEXT } from './scope-text.ts';

const FIELDS = ['name', 'scopes'] as const;

interface KeyFormProps {
  /** It closes the server; then the console goes on with it. */
  readonly isFirst: boolean;
  readonly onMade: (key: NewKey) => void;
  readonly onClose: () => void;
}

export function KeyForm({ isFirst, onMade, onClose }: KeyFormProps): ReactNode {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly KeyScope[]>(isFirst ? ['admin'] : ['read']);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = problem === null ? null : refusedField(problem, FIELDS);

  async function save(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const input = { name: name.trim(), scopes };
      onMade(isFirst ? await whileLoggingIn(() => createFirst(input)) : await createKey(input));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }
  return (
    <Dialog title={isFirst ? 'The first key' : 'New key'} testId="key-form" onClose={onClose}>
      <form className="sheet-form" onSubmit={submit}>
        <div className="sheet-body">
          <Field
            label="Name"
            value={name}
            onChange={setName}
            charsMax={KEY_NAME_CHARS_MAX}
            testId="key-name"
            hint="For whom or what it is, such as “payment hosts”"
            problem={field === 'name' ? problem : null}
            autoFocus
          />
          <fieldset className="form-field">
            <legend>Scopes</legend>
            {KEY_SCOPES.map((scope) => (
              <Check
                key={scope}
                label={scope}
                hint={SCOPE_TEXT[scope]}
                testId={`scope-${scope}`}
                checked={scopes.includes(scope)}
                disabled={isFirst && scope === 'admin'}
                onChange={(checked) => setScopes(checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
              />
            ))}
            {isFirst ? <p className="form-hint">The first key is an administrator’s: it makes all others.</p> : null}
            {field === 'scopes' ? <p className="form-problem">{problem}</p> : null}
          </fieldset>
          <Problem text={field === null ? problem : null} />
        </div>
        <FormFoot
          word={isFirst ? 'Make it, and close the server' : 'Create key'}
          disabled={busy || scopes.length === 0}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

/** From its making on the server asks for it: the browser gets a session of it at once. */
async function createFirst(input: NewKeyInput): Promise<NewKey> {
  const key = await createKey(input);
  // A login that fails must not take the secret along: it is shown, and the login form follows.
  await logIn({ keyId: key.id, secret: key.secret }).catch(() => {});
  return key;
}

/** Held open until it is said that the secret was kept. */
export function NewKeyShown({ made, onClose }: { readonly made: NewKey; readonly onClose: () => void }): ReactNode {
  const lines = [`AWS_ACCESS_KEY_ID=${made.id}`, `AWS_SECRET_ACCESS_KEY=${made.secret}`].join('\n');
  return (
    <Dialog title="Keep this secret now" testId="new-key-shown" held onClose={onClose}>
      <div className="sheet-body">
        <p>It is shown this once, and cannot be had again.</p>
        <dl className="secret">
          <div>
            <dt>Key id</dt>
            <dd>
              <code data-testid="made-id">{made.id}</code>
              <CopyButton text={() => made.id} label="Copy the key id" />
            </dd>
          </div>
          <div>
            <dt>Secret</dt>
            <dd>
              <code data-testid="made-secret">{made.secret}</code>
              <CopyButton text={() => made.secret} label="Copy the secret" />
            </dd>
          </div>
        </dl>
        <CopyButton text={() => lines} label="Copy both as variables of the environment" word="Copy as environment" />
      </div>
      <div className="sheet-foot">
        <button type="button" className="btn btn-primary" data-testid="kept" onClick={onClose}>
          I have kept it
        </button>
      </div>
    </Dialog>
  );
}
