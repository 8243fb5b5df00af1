import type { IndexingRule } from '@fluoroscope/api';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import {
  type DestinationAnswer,
  putDestination,
  putIndexingRule,
  readDestination,
  readIndexingRules,
} from '../../http/administration.ts';
import { refusedField } from '../../settings/refusal.ts';
import { formatDateTime } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { Failure } from '../../widgets/state.tsx';
import { Problem } from './confirm.tsx';
import { Field } from './field.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';

export function IndexingSection(): ReactNode {
  const destination = useQuery({ queryKey: ['destination'], queryFn: ({ signal }) => readDestination(signal) });
  const rules = useQuery({ queryKey: ['indexing'], queryFn: ({ signal }) => readIndexingRules(signal) });
  const allowed = useSession().may('operator');
  if (destination.data === undefined || rules.data === undefined) {
    const error = destination.error ?? rules.error;
    if (error === null) return <SettingsSkeleton />;
    const retry = (): void => {
      void destination.refetch();
      void rules.refetch();
    };
    return <Failure title="Indexing cannot be shown" error={error} retry={retry} />;
  }
  return (
    <>
      <SectionHead
        title="Indexing"
        lead="Two settings of AWS’s Transaction Search: where segments go, and which share of the traces can be searched."
      />
      <p className="notice" data-testid="indexing-notice">
        <IconInfoCircle size={15} aria-hidden />
        <span>
          <b>Neither changes anything here.</b> Every segment goes into this server’s own store, and every trace can be
          searched. They are kept for programs that set them and read them back, such as the AWS CLI, Terraform or
          CloudFormation.
        </span>
      </p>
      <Destination answer={destination.data} allowed={allowed} />
      {rules.data.map((rule) => (
        <Rule key={rule.Name} rule={rule} allowed={allowed} />
      ))}
    </>
  );
}

const DESTINATIONS = [
  ['XRay', 'X-Ray'],
  ['CloudWatchLogs', 'CloudWatch Logs'],
] as const;

function Destination({
  answer: { Destination: kept = 'XRay', Status: status = '' },
  allowed,
}: {
  readonly answer: DestinationAnswer;
  readonly allowed: boolean;
}): ReactNode {
  return (
    <section className="card" data-testid="destination">
      <div className="card-text">
        <h2>Trace segment destination</h2>
        <p>
          In AWS, “CloudWatch Logs” sends all segments to the log group <code>aws/spans</code>, of which X-Ray indexes a
          share.
        </p>
      </div>
      <dl className="kept">
        <div>
          <dt>Kept</dt>
          <dd data-testid="destination-kept">
            {DESTINATIONS.find(([value]) => value === kept)?.[1] ?? kept} <code>{kept}</code>
          </dd>
        </div>
        <div>
          <dt>Status</dt>
          <dd>{status}</dd>
        </div>
        <div>
          <dt>In effect</dt>
          <dd>this server’s own store</dd>
        </div>
      </dl>
      {allowed ? <DestinationForm kept={kept} /> : <NotAllowed />}
    </section>
  );
}

function DestinationForm({ kept }: { readonly kept: string }): ReactNode {
  const [chosen, setChosen] = useState(kept);
  const change = useChange();
  function submit(event: FormEvent): void {
    event.preventDefault();
    void change.run(() => putDestination(chosen));
  }
  return (
    <form className="card-form" onSubmit={submit}>
      <label className="form-field">
        <span className="form-label">Destination to keep</span>
        <select
          className="field"
          value={chosen}
          data-testid="destination-choice"
          onChange={(event) => setChosen(event.target.value)}
        >
          {DESTINATIONS.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <button
        type="submit"
        className="btn btn-primary"
        data-testid="save-destination"
        disabled={change.busy || chosen === kept}
      >
        Keep<span className="sr-only"> this destination</span>
      </button>
      <Problem text={change.problem} />
    </form>
  );
}

const PERCENTAGE = ['DesiredSamplingPercentage'] as const;

function Rule({ rule, allowed }: { readonly rule: IndexingRule; readonly allowed: boolean }): ReactNode {
  const { Name: name = '', ModifiedAt: modifiedAt = 0, Rule: { Probabilistic: share } = {} } = rule;
  const kept = String(share?.DesiredSamplingPercentage ?? '');
  const [text, setText] = useState(kept);
  const change = useChange();
  const isOfField = change.problem !== null && refusedField(change.problem, PERCENTAGE) !== null;
  function submit(event: FormEvent): void {
    event.preventDefault();
    void change.run(() => putIndexingRule(name, text.trim() === '' ? Number.NaN : Number(text)));
  }
  return (
    <section className="card" data-testid={`indexing-rule-${name}`}>
      <div className="card-text">
        <h2>Indexing rule {visible(name, 40)}</h2>
        <p>In AWS, the share of the spans in the log group that become traces to be searched.</p>
      </div>
      <dl className="kept">
        <div>
          <dt>Kept</dt>
          <dd data-testid="indexing-kept">{kept === '' ? 'none' : `${kept} %`}</dd>
        </div>
        <div>
          <dt>In effect</dt>
          <dd data-testid="indexing-actual">{share?.ActualSamplingPercentage ?? 100} %</dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>{modifiedAt === 0 ? 'never' : formatDateTime(modifiedAt).slice(0, 16)}</dd>
        </div>
      </dl>
      {allowed ? (
        <form className="card-form card-form-top" onSubmit={submit} noValidate>
          <Field
            label="Percentage to keep"
            value={text}
            onChange={setText}
            unit="%"
            number
            testId="indexing-percentage"
            problem={isOfField ? change.problem : null}
          />
          <button
            type="submit"
            className="btn btn-primary"
            data-testid="save-indexing"
            disabled={change.busy || text === kept}
          >
            Keep<span className="sr-only"> this percentage</span>
          </button>
        </form>
      ) : (
        <NotAllowed />
      )}
      {isOfField ? null : <Problem text={change.problem} />}
    </section>
  );
}

function NotAllowed(): ReactNode {
  return <p className="form-hint">A key with the scope operator can change it.</p>;
}
