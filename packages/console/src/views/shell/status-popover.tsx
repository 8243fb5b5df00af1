import { Popover } from '@mantine/core';
import { IconActivityHeartbeat, IconInfoCircle } from '@tabler/icons-react';
import type { StatusAnswer } from '@fluoroscope/api';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { logOut } from '../../http/login.ts';
import { readStatus } from '../../http/operations.ts';
import { formatBytes, formatCount } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { settingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';

const REFRESH_MS = 10_000;

export function StatusPopover(): ReactNode {
  const [open, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => readStatus(signal),
    refetchInterval: open ? 2000 : REFRESH_MS,
  });
  const level = query.isError ? 'fault' : query.data?.status === 'degraded' ? 'error' : 'ok';
  const word = { fault: 'Server unreachable', error: 'Server degraded', ok: 'Server status' }[level];
  const count = query.data?.notices.length ?? 0;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          className="btn btn-quiet btn-icon status-button"
          aria-label={`${word}, ${count} notices`}
          title={word}
          data-testid="status"
          onClick={() => setOpen((was) => !was)}
        >
          <IconActivityHeartbeat size={17} stroke={1.7} />
          {level !== 'ok' || count > 0 ? (
            <span className={`status-dot ${level === 'ok' ? 'status-note' : `o-${level}`}`} />
          ) : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Server status">
        <div className="pop status-pop" data-testid="status-pop" tabIndex={-1} data-autofocus>
          {query.data === undefined ? (
            <p>{query.isError ? query.error.message : 'Asking the server…'}</p>
          ) : (
            <StatusBody status={query.data} error={query.isError ? query.error.message : null} />
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function StatusBody({ status, error }: { readonly status: StatusAnswer; readonly error: string | null }): ReactNode {
  const figures: readonly (readonly [string, string])[] = [
    ['Traces', formatCount(status.traceCount)],
    ['Documents', formatCount(status.documentCount)],
    ['Waiting to be stored', formatCount(status.backlogCount)],
    ['Store', formatBytes(status.storeBytes)],
    ['Journal', formatBytes(status.journalBytes)],
    ['Durability', status.durability === 'fsync' ? 'fsync before acknowledging' : 'left to the operating system'],
  ];
  return (
    <>
      <h2>Fluoroscope {visible(status.version, 40)}</h2>
      {error === null ? null : <p className="notice o-fault">{error}</p>}
      {status.notices.map((notice) => (
        <p key={notice} className="notice o-error">
          <IconInfoCircle size={15} aria-hidden />
          {visible(notice)}
        </p>
      ))}
      <dl className="pairs">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
        {status.listeners.map(({ name, address }) => (
          <div key={name + address}>
            <dt>{visible(name, 60)}</dt>
            <dd className="mono">{visible(address, 60)}</dd>
          </div>
        ))}
      </dl>
      <PlaceLink to={settingsPlace('health')} testId="status-settings">
        Health, trust and settings
      </PlaceLink>
      {status.access === 'keys' ? (
        <button
          type="button"
          className="btn btn-small"
          data-testid="logout"
          onClick={() => void logOut().finally(() => location.reload())}
        >
          Log out
        </button>
      ) : null}
    </>
  );
}
