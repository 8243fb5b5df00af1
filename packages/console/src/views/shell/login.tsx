import { IconKey } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { logIn } from '../../http/login.ts';
import { State } from '../../widgets/state.tsx';

/** Stands in place of every page while the server knows no key of ours. */
export function Login(): ReactNode {
  const [keyId, setKeyId] = useState('');
  const [secret, setSecret] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await logIn({ keyId: keyId.trim(), secret: secret.trim() });
      // Everything that was asked before was refused: begin anew, at the same address.
      location.reload();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <State icon={<IconKey size={24} stroke={1.6} />} title="Log in with an access key" testId="login">
      <form className="login" onSubmit={(event) => void submit(event)}>
        <label htmlFor="login-key">Key id</label>
        <input
          id="login-key"
          className="field mono"
          autoComplete="username"
          spellCheck={false}
          required
          autoFocus
          aria-invalid={problem !== null}
          value={keyId}
          onChange={(event) => setKeyId(event.target.value)}
        />
        <label htmlFor="login-secret">Secret</label>
        <input
          id="login-secret"
          className="field mono"
          type="password"
          autoComplete="current-password"
          required
          aria-invalid={problem !== null}
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        {problem === null ? null : (
          <p className="notice o-fault" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="btn btn-primary" disabled={busy}>
          Log in
        </button>
      </form>
      <p>
        <span className="mono">fluoroscope keys create</span> makes a key.
      </p>
    </State>
  );
}
