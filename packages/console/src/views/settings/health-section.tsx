import type { StatusAnswer, TrustAnswer } from '@fluoroscope/api';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { readTrust } from '../../http/administration.ts';
import { readStatus } from '../../http/operations.ts';
import { formatBytes, formatCount, formatCountOf, formatDateTime, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { Failure } from '../../widgets/state.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { StoragePanel } from './storage-panel.tsx';
import { TrustPanel } from './trust-panel.tsx';

const REFRESH_MS = 5_000;

export function HealthSection(): ReactNode {
  const trust = useQuery({
    queryKey: ['trust'],
    queryFn: ({ signal }) => readTrust(signal),
    refetchInterval: REFRESH_MS,
  });
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => readStatus(signal) });
  if (trust.data === undefined || status.data === undefined) {
    const error = trust.error ?? status.error;
    if (error === null) return <SettingsSkeleton />;
    return <Failure title="The server’s state cannot be shown" error={error} retry={() => void trust.refetch()} />;
  }
  return (
    <>
      <SectionHead
        title="Health & trust"
        lead={`What came since ${formatDateTime(trust.data.startTime).slice(0, 16)}, when this process started, and what became of it.`}
      />
      {trust.error === null ? null : <p className="notice o-fault">{trust.error.message} What is shown is old.</p>}
      <Health status={status.data} trust={trust.data} />
      <TrustPanel trust={trust.data} />
      <StoragePanel trust={trust.data} />
      <Limits trust={trust.data} />
    </>
  );
}

function Health({ status, trust }: { readonly status: StatusAnswer; readonly trust: TrustAnswer }): ReactNode {
  const { journal } = trust;
  const fill = journal.sizeBytes / Math.max(1, journal.sizeBytesMax);
  const isGood = status.status === 'ok';
  const lag = journal.lags.reduce((sum, { lagCount }) => sum + lagCount, 0);
  return (
    <>
      <dl className="health-figures" data-testid="health">
        <div>
          <dt>State</dt>
          <dd className={isGood ? 'o-ok figure-word' : 'o-fault figure-word'}>{isGood ? 'Healthy' : 'Degraded'}</dd>
          <dd className="figure-note">Fluoroscope {visible(status.version, 40)}</dd>
        </div>
        <div>
          <dt>Acknowledged when</dt>
          <dd>{status.journal === 'kafka' ? 'Kafka has it' : status.durability === 'fsync' ? 'On disk' : 'Written'}</dd>
          <dd className="figure-note">
            {status.durability === 'fsync' || status.journal === 'kafka'
              ? 'a power cut loses nothing'
              : 'a power cut may lose the last'}
          </dd>
        </div>
        <div>
          <dt>Journal</dt>
          <dd>{journal.kind === 'kafka' ? `${formatCount(lag)} behind` : formatBytes(journal.sizeBytes)}</dd>
          <dd className="figure-note">
            {journal.isFailing
              ? 'cannot write: nothing new is taken'
              : journal.kind === 'kafka'
                ? formatCountOf(journal.lags.length, 'partition')
                : fill >= 0.8
                  ? `${formatShare(fill)} full: beyond, senders are told to wait`
                  : `${formatShare(fill)} of ${formatBytes(journal.sizeBytesMax)}`}
          </dd>
        </div>
        <div>
          <dt>Waiting for the store</dt>
          <dd>{formatCount(trust.documents.backlog)}</dd>
          <dd className="figure-note">
            {trust.store.isFailing ? 'the store does not take them' : 'documents, safe in the journal'}
          </dd>
        </div>
        <div>
          <dt>Access</dt>
          <dd>{status.access === 'keys' ? 'Keys' : 'Open'}</dd>
          <dd className="figure-note">{status.access === 'keys' ? 'requests need one' : 'no key exists'}</dd>
        </div>
      </dl>
      {status.notices.map((notice) => (
        <p key={notice} className="notice o-error">
          <IconInfoCircle size={15} aria-hidden />
          {visible(notice)}
        </p>
      ))}
    </>
  );
}

const DAY_SECONDS = 86_400;

function Limits({ trust }: { readonly trust: TrustAnswer }): ReactNode {
  return (
    <section className="card">
      <h2>Limits</h2>
      <dl className="limits">
        {trust.limits.map(({ setting, value, unit }) => (
          <div key={setting}>
            <dt className="mono">--{setting}</dt>
            <dd className="num">{printLimit(value, unit)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function printLimit(value: number | null, unit: TrustAnswer['limits'][number]['unit']): string {
  if (value === null) return 'none';
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'count') return formatCount(value);
  if (value % DAY_SECONDS === 0) return `${formatCount(value / DAY_SECONDS)} d`;
  return value % 3_600 === 0 ? `${formatCount(value / 3_600)} h` : `${formatCount(value)} s`;
}
