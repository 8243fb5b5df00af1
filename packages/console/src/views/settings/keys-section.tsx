import type { ListedKey, NewKey } from '@fluoroscope/api';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { readKeys, revokeKey } from '../../http/administration.ts';
import { ConsoleError } from '../../http/request.ts';
import { formatAge, formatDateTime } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { Failure, State } from '../../widgets/state.tsx';
import { useNow } from '../../widgets/use-now.ts';
import { Confirm } from './confirm.tsx';
import { KeyForm, NewKeyShown } from './key-form.tsx';
import { SCOPE_TEXT } from './scope-text.ts';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';

const FORBIDDEN = 403;

export function KeysSection(): ReactNode {
  const { data, error, refetch } = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => readKeys(signal) });
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  if (data === undefined) {
    if (error === null) return <SettingsSkeleton />;
    if (error instanceof ConsoleError && error.status === FORBIDDEN) {
      return (
        <State icon={<IconKey size={24} stroke={1.6} />} title="Keys are for administrators" testId="keys-forbidden">
          <p>Log in with a key that has the scope admin, or use “fluoroscope keys” on the server’s own machine.</p>
        </State>
      );
    }
    return <Failure title="Keys cannot be shown" error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <SectionHead
        title="Keys"
        lead="Who may send, read and change. Programs sign with a key as with AWS’s, or send it as a bearer token; people log in with it."
      >
        {data.isMade ? (
          <button type="button" className="btn btn-primary" data-testid="new-key" onClick={() => setMaking(true)}>
            <IconPlus size={15} aria-hidden />
            New key
          </button>
        ) : null}
      </SectionHead>
      {data.isMade ? (
        <KeyTable keys={data.keys} usesSince={data.usesSince} />
      ) : (
        <OpenMode onFirst={() => setMaking(true)} />
      )}
      {making ? (
        <KeyForm
          isFirst={!data.isMade}
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
          }}
        />
      ) : null}
      {made === null ? null : (
        <NewKeyShown
          made={made}
          onClose={() => {
            setMade(null);
            void queries.invalidateQueries();
          }}
        />
      )}
    </>
  );
}

function KeyTable({ keys, usesSince }: { readonly keys: readonly ListedKey[]; readonly usesSince: number }): ReactNode {
  const session = useSession();
  const [doomed, setDoomed] = useState<ListedKey | null>(null);
  const change = useChange();
  const isOwn = doomed !== null && doomed.id === session.keyId;
  const isLastAdmin = doomed !== null && keys.every(({ id, scopes }) => id === doomed.id || !scopes.includes('admin'));
  return (
    <>
      <table className="settings-table" data-testid="keys-table" aria-label="Access keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key id</th>
            <th scope="col">Scopes</th>
            <th scope="col">Created</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              listed={key}
              isOwn={key.id === session.keyId}
              usesSince={usesSince}
              onRevoke={() => setDoomed(key)}
            />
          ))}
        </tbody>
      </table>
      {keys.length > 0 ? null : <p className="settings-empty">No key is left.</p>}
      {doomed === null ? null : (
        <Confirm
          title={`Revoke ${doomed.name === '' ? doomed.id : visible(doomed.name, 60)}?`}
          word="Revoke"
          change={change}
          onClose={() => {
            change.clear();
            setDoomed(null);
          }}
          onYes={() => void change.run(() => revokeKey(doomed.id)).then((done) => done && setDoomed(null))}
        >
          <p>
            Whoever uses <code>{doomed.id}</code> is refused at once, and its logins end. It cannot be taken back.
          </p>
          {isOwn ? <p className="notice o-error">You are logged in with this key: you will be logged out.</p> : null}
          {isLastAdmin ? (
            <p className="notice o-error">
              No other key has the scope admin: new keys are then made with “fluoroscope keys create” on the server’s
              own machine only.
            </p>
          ) : null}
        </Confirm>
      )}
    </>
  );
}

function OpenMode({ onFirst }: { readonly onFirst: () => void }): ReactNode {
  return (
    <section className="card" data-testid="open-mode">
      <div className="card-head">
        <span className="card-mark o-error">
          <IconKey size={18} />
        </span>
        <div>
          <h2>No key exists: this server is open</h2>
          <p>
            Whoever reaches it may send, read and change everything. On loopback that is every program and user of this
            machine.
          </p>
        </div>
      </div>
      <ul className="card-list">
        <li>
          <b>The first key closes it.</b> From then on, a request needs a key; this console asks for one too, and you
          stay logged in with it.
        </li>
        <li>
          Senders without keys (UDP, SDKs that ask for sampling rules) are taken only from the networks of{' '}
          <code>--ingest-allow</code>.
        </li>
        <li>Revoking the last key opens nothing again.</li>
      </ul>
      <button type="button" className="btn btn-primary" data-testid="first-key" onClick={onFirst}>
        Make the first key
      </button>
    </section>
  );
}

interface KeyRowProps {
  readonly listed: ListedKey;
  readonly isOwn: boolean;
  readonly usesSince: number;
  readonly onRevoke: () => void;
}

function KeyRow({ listed: key, isOwn, usesSince, onRevoke }: KeyRowProps): ReactNode {
  const now = useNow(10_000);
  return (
    <tr data-testid={`key-row-${key.id}`}>
      <th scope="row">
        {key.name === '' ? <span className="muted">no name</span> : visible(key.name, 100)}
        {isOwn ? <span className="tag o-ok">you</span> : null}
      </th>
      <td data-label="Key id" className="mono">
        {key.id}
      </td>
      <td data-label="Scopes">
        <span className="tag-list">
          {key.scopes.map((scope) => (
            <span key={scope} className="tag tag-plain" title={SCOPE_TEXT[scope]}>
              {scope}
            </span>
          ))}
        </span>
      </td>
      <td data-label="Created" className="num">
        {formatDateTime(key.createdAt).slice(0, 16)}
      </td>
      <td data-label="Last used" className="num">
        {key.usedAt === null ? (
          <span
            className="muted"
            title={`Noted since ${formatDateTime(usesSince).slice(0, 16)}, when the server started`}
          >
            not since the start
          </span>
        ) : (
          formatAge(now - key.usedAt)
        )}
      </td>
      <td className="cell-actions">
        <button type="button" className="btn btn-small" data-testid={`revoke-${key.id}`} onClick={onRevoke}>
          Revoke<span className="sr-only"> {key.id}</span>
        </button>
      </td>
    </tr>
  );
}
