import type { ResourcePolicy } from '@fluoroscope/api';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { deletePolicy, readPolicies } from '../../http/administration.ts';
import { EXAMPLE_POLICY, summarizePolicy } from '../../settings/policy.ts';
import { refusedField } from '../../settings/refusal.ts';
import { formatDateTime } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { settingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { Opened } from '../../url/settings-place.ts';
import { go } from '../../url/use-place.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Failure } from '../../widgets/state.tsx';
import { Confirm } from './confirm.tsx';
import { PolicyForm } from './policy-form.tsx';
import { RowActions } from './row-actions.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';

const NEW_POLICY = settingsPlace('policies', { how: 'copy', name: '' });

export function PoliciesSection({ open }: { readonly open: Opened | null }): ReactNode {
  const { data, error, refetch } = useQuery({ queryKey: ['policies'], queryFn: ({ signal }) => readPolicies(signal) });
  const allowed = useSession().may('admin');
  const [doomed, setDoomed] = useState<ResourcePolicy | null>(null);
  if (data === undefined) {
    if (error === null) return <SettingsSkeleton />;
    return <Failure title="Resource policies cannot be shown" error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <SectionHead
        title="Resource policies"
        lead="They allow a key more than its scopes do, or deny it what they allow. They count once there are keys; an open server asks none of them."
      >
        {allowed ? (
          <PlaceLink to={NEW_POLICY} className="btn btn-primary" testId="new-policy">
            <IconPlus size={15} aria-hidden />
            New policy
          </PlaceLink>
        ) : null}
      </SectionHead>
      {data.length === 0 ? (
        <NoPolicies allowed={allowed} />
      ) : (
        <table className="settings-table" data-testid="policies-table" aria-label="Resource policies">
          <PoliciesHead />
          <tbody>
            {data.map((policy) => (
              <PolicyRow key={policy.PolicyName} policy={policy} allowed={allowed} onDelete={() => setDoomed(policy)} />
            ))}
          </tbody>
        </table>
      )}
      <HowTheyAreJudged />
      {open === null || !allowed ? null : (
        <PolicyForm
          key={`${open.how} ${open.name}`}
          open={open}
          policies={data}
          onClose={() => go(settingsPlace('policies'))}
        />
      )}
      {doomed === null ? null : <DeletePolicy policy={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

function NoPolicies({ allowed }: { readonly allowed: boolean }): ReactNode {
  return (
    <section className="card" data-testid="no-policies">
      <div className="card-text">
        <h2>No policy so far: scopes alone decide</h2>
        <p>
          This one, for example, keeps everybody, administrators too, from deleting groups and sampling rules until it
          is deleted itself:
        </p>
      </div>
      <div className="example">
        <pre className="mono" tabIndex={0} aria-label="An example of a policy" data-testid="policy-example">
          {EXAMPLE_POLICY.trimEnd()}
        </pre>
        <CopyButton text={() => EXAMPLE_POLICY} label="Copy the example" word="Copy" />
      </div>
      {allowed ? (
        <PlaceLink to={NEW_POLICY} className="btn" testId="start-policy">
          Start with it
        </PlaceLink>
      ) : (
        <p className="form-hint">A key with the scope admin can make one.</p>
      )}
    </section>
  );
}

function HowTheyAreJudged(): ReactNode {
  return (
    <section className="card card-text">
      <h2>How a request is judged</h2>
      <ul className="card-list">
        <li>
          <b>A Deny that fits wins.</b> Otherwise the key’s scope, or an Allow that fits, must be there.
        </li>
        <li>
          <code>Principal</code> is <code>"*"</code>, or <code>AWS</code> with key ids, the account’s id or{' '}
          <code>arn:aws:iam::ACCOUNT:root</code>, which is every key. Senders without a key are part of <code>"*"</code>{' '}
          only.
        </li>
        <li>
          <code>Action</code> is <code>xray:</code> and an operation’s name, with <code>*</code> and <code>?</code>.{' '}
          <code>Resource</code> is the ARN of a group or rule.
        </li>
        <li>
          A <code>Condition</code> is not judged: with one, an Allow allows nothing, and a Deny denies.
        </li>
      </ul>
    </section>
  );
}

interface PolicyRowProps {
  readonly policy: ResourcePolicy;
  readonly allowed: boolean;
  readonly onDelete: () => void;
}

function PolicyRow({ policy, allowed, onDelete }: PolicyRowProps): ReactNode {
  const { PolicyName: name = '', PolicyDocument: document = '', PolicyRevisionId: revision = '' } = policy;
  return (
    <tr data-testid={`policy-row-${name}`}>
      <th scope="row">{visible(name, 128)}</th>
      <td data-label="Says" className="cell-wide">
        <Statements document={document} />
      </td>
      <td data-label="Revision">
        <span className="clip mono revision" title={visible(revision)}>
          {visible(revision)}
        </span>
      </td>
      <td data-label="Updated" className="num">
        {formatDateTime(policy.LastUpdatedTime ?? 0).slice(0, 16)}
      </td>
      <td className="cell-actions">
        <RowActions section="policies" name={name} allowed={allowed} onDelete={onDelete} />
      </td>
    </tr>
  );
}

const STATEMENTS_SHOWN_MAX = 4;
const NAMES_SHOWN_MAX = 4;

function Statements({ document }: { readonly document: string }): ReactNode {
  const statements = summarizePolicy(document);
  if (statements === null) return <span className="tag o-fault">cannot be read: it denies everything</span>;
  return (
    <ul className="statements">
      {statements.slice(0, STATEMENTS_SHOWN_MAX).map(({ key, effect, principals, actions, isConditional }) => (
        <li key={key}>
          <span className={`tag tag-plain ${effect === 'Deny' ? 'o-fault' : 'o-ok'}`}>{visible(effect, 10)}</span>{' '}
          <code>{listed(actions)}</code> <span className="muted">{effect === 'Deny' ? 'of' : 'for'}</span>{' '}
          <code>{listed(principals)}</code>
          {isConditional ? <span className="muted"> with a condition</span> : null}
        </li>
      ))}
      {statements.length > STATEMENTS_SHOWN_MAX ? (
        <li className="muted">and {statements.length - STATEMENTS_SHOWN_MAX} more</li>
      ) : null}
    </ul>
  );
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => visible(name, 80));
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

interface DeletePolicyProps {
  readonly policy: ResourcePolicy;
  readonly onClose: () => void;
}

function DeletePolicy({ policy, onClose }: DeletePolicyProps): ReactNode {
  const { PolicyName: name = '', PolicyRevisionId: revision = '' } = policy;
  const change = useChange();
  const isOld = change.problem !== null && refusedField(change.problem, ['PolicyRevisionId']) !== null;
  return (
    <Confirm
      title={`Delete the policy ${visible(name, 60)}?`}
      word="Delete"
      change={change}
      onClose={onClose}
      onYes={() => void change.run(() => deletePolicy(name, revision)).then((done) => done && onClose())}
    >
      <p>What it allows is refused from then on, and what it denies is allowed again to whom a scope allows it.</p>
      {isOld ? (
        <p className="notice o-error">
          Somebody changed it since this page showed it. Close this, and look at it again first.
        </p>
      ) : null}
    </Confirm>
  );
}

function PoliciesHead(): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Says</th>
        <th scope="col">Revision</th>
        <th scope="col">Updated</th>
        <th scope="col">
          <span className="sr-only">Actions</span>
        </th>
      </tr>
    </thead>
  );
}
