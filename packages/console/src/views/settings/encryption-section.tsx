import type { EncryptionAnswer } from '@fluoroscope/api';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { putEncryption, readEncryption } from '../../http/administration.ts';
import { formatDateTime } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { Failure } from '../../widgets/state.tsx';
import { Confirm, Problem } from './confirm.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';

const LATEST = 'alias/latest';
const UPDATING_MS = 1_000;

export function EncryptionSection(): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['encryption'],
    queryFn: ({ signal }) => readEncryption(signal),
    refetchInterval: ({ state }) => (state.data?.status === 'UPDATING' ? UPDATING_MS : false),
  });
  if (data === undefined) {
    if (error === null) return <SettingsSkeleton />;
    return <Failure title="Encryption cannot be shown" error={error} retry={() => void refetch()} />;
  }
  const isOn = data.type === 'KMS';
  return (
    <>
      <SectionHead
        title="Encryption"
        lead="Documents can be encrypted in the journal and in the store, with keys from a file of this server’s own."
      />
      <section className="card" data-testid="encryption-state">
        <div className="card-head">
          <span className={`card-mark ${isOn ? 'o-ok' : 'o-pending'}`}>
            {isOn ? <IconLock size={18} /> : <IconLockOpen size={18} />}
          </span>
          <div>
            <h2>{isOn ? 'New documents are encrypted' : 'New documents are stored as they come'}</h2>
            <p>
              {isOn ? (
                <>
                  Chosen key: <code>{visible(data.keyId ?? '', 200)}</code>
                </>
              ) : (
                'Nothing new is encrypted. What was encrypted before is still read while its key is in the file.'
              )}
              {data.status === 'UPDATING' ? ' The change is on its way.' : ''}
            </p>
          </div>
        </div>
        <Choice encryption={data} />
      </section>
      <Keys encryption={data} />
      <section className="card card-text">
        <h2>What stays readable</h2>
        <p>
          Search and the map work on what is never encrypted: trace ids, times, names of services and operations,
          annotations, HTTP method, URL, status, user agent and client address of a trace’s entry, users, resource
          names, figures. Bodies are: the documents with their metadata, SQL, stack traces and messages.
        </p>
        <p>
          A new key is a new line at the end of the file; then <code>kill -HUP</code> the server. With{' '}
          <code>{LATEST}</code> it encrypts from then on. Old keys stay in the file for as long as retention keeps what
          they encrypted.
        </p>
      </section>
    </>
  );
}

function Choice({ encryption }: { readonly encryption: EncryptionAnswer }): ReactNode {
  const session = useSession();
  const [keyId, setKeyId] = useState(encryption.keyId ?? LATEST);
  const [endsIt, setEndsIt] = useState(false);
  const change = useChange();
  if (!encryption.hasKeyFile) {
    return (
      <p className="settings-empty" data-testid="no-key-file">
        The server was started without keys. Make a file of them, and start it with{' '}
        <code>--encryption-keys /etc/fluoroscope/keys</code>; a line of it is{' '}
        <code>{'echo "2026-11 $(openssl rand -base64 32)"'}</code>.
      </p>
    );
  }
  if (!session.may('admin')) return <p className="form-hint">A key with the scope admin can change it.</p>;
  const ids = encryption.keys.filter(({ isInFile }) => isInFile).map(({ id }) => id);
  function submit(event: FormEvent): void {
    event.preventDefault();
    void change.run(() => putEncryption(keyId));
  }
  return (
    <form className="card-form" onSubmit={submit}>
      <label className="form-field">
        <span className="form-label">Encrypt with</span>
        <select
          className="field"
          value={keyId}
          data-testid="encryption-key"
          onChange={(event) => setKeyId(event.target.value)}
        >
          <option value={LATEST}>the last key of the file, whichever that is</option>
          {[
            ...new Set([
              ...ids,
              ...(encryption.keyId === null || encryption.keyId === LATEST ? [] : [encryption.keyId]),
            ]),
          ].map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="btn btn-primary" disabled={change.busy || keyId === encryption.keyId}>
        {encryption.type === 'KMS' ? 'Use this key' : 'Encrypt'}
      </button>
      {encryption.type === 'KMS' ? (
        <button type="button" className="btn" onClick={() => setEndsIt(true)}>
          Stop encrypting
        </button>
      ) : null}
      {endsIt ? null : <Problem text={change.problem} />}
      {endsIt ? (
        <Confirm
          title="Stop encrypting?"
          word="Stop encrypting"
          change={change}
          onClose={() => setEndsIt(false)}
          onYes={() => void change.run(() => putEncryption(null)).then((done) => done && setEndsIt(false))}
        >
          <p>
            What is new is stored as it comes. What is encrypted stays so, and needs its keys until retention takes it.
          </p>
        </Confirm>
      ) : null}
    </form>
  );
}

function Keys({ encryption: { keys } }: { readonly encryption: EncryptionAnswer }): ReactNode {
  if (keys.length === 0) return null;
  return (
    <table className="settings-table" aria-label="Encryption keys">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Fingerprint</th>
          <th scope="col">In the file</th>
          <th scope="col">Encrypts</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ id, fingerprint, isInFile, isActive, isUsed, usedUntil }) => (
          <tr key={`${id} ${fingerprint}`}>
            <th scope="row">{visible(id, 64)}</th>
            <td data-label="Fingerprint" className="mono">
              {fingerprint}
            </td>
            <td data-label="In the file">
              {isInFile ? 'yes' : <span className="tag o-fault">missing: what it encrypted cannot be read</span>}
            </td>
            <td data-label="Encrypts">
              {isActive ? (
                <span className="tag o-ok">what is new</span>
              ) : isUsed && usedUntil !== null ? (
                `until ${formatDateTime(usedUntil).slice(0, 16)}`
              ) : (
                <span className="muted">nothing so far</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
