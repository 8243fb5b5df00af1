import { IconCircleCheck, IconRadar2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { readStatus } from '../../http/operations.ts';
import { type SummaryRow, urlParts } from '../../summaries/row.ts';
import { formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { addressesOf } from './addresses.ts';
import { snippetsOf } from './snippets.ts';
import { TestTraceButton } from './test-trace-button.tsx';

interface FirstRunProps {
  /** The first trace, once it is there. */
  readonly arrived: SummaryRow | null;
  /** Its reader goes on to what is there. */
  readonly onDone: () => void;
}

/** For a server that never had a trace: how to send one. */
export function FirstRun({ arrived, onDone }: FirstRunProps): ReactNode {
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => readStatus(signal) });
  const [chosen, setChosen] = useState('node');
  const snippets = useMemo(() => snippetsOf(addressesOf(status.data?.listeners ?? [], window.location)), [status.data]);
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  return (
    <div className="first-run" data-testid="first-run">
      <div className="first-run-inner">
        <h2>
          <IconRadar2 size={20} stroke={1.6} aria-hidden />{' '}
          {arrived === null ? 'Waiting for the first trace' : 'Traces arrive'}
        </h2>
        {arrived === null ? (
          <p>
            This page notices by itself. Point an application here, or let the server send itself a trace to look at.
          </p>
        ) : (
          <Arrived row={arrived} onDone={onDone} />
        )}
        <TestTraceButton />
        <div className="first-run-ways">
          <ul aria-label="Ways to send">
            {snippets.map(({ id, title }) => (
              <li key={id}>
                <button
                  type="button"
                  aria-pressed={id === snippet?.id}
                  data-testid={`way-${id}`}
                  onClick={() => setChosen(id)}
                >
                  {title}
                </button>
              </li>
            ))}
          </ul>
          {snippet === undefined ? null : (
            <div className="first-run-snippet">
              <div className="first-run-title">
                <h3>{snippet.title}</h3>
                <CopyButton text={() => snippet.text} label={`Copy: ${snippet.title}`} word="Copy" />
              </div>
              <pre className="mono" data-testid="snippet" tabIndex={0}>
                {snippet.text
                  .split('\n')
                  .map((line) => visible(line, 600))
                  .join('\n')}
              </pre>
              {snippet.note === undefined ? null : <p className="muted">{snippet.note}</p>}
              {status.data?.access === 'keys' ? (
                <p className="muted">
                  This server asks for access keys: senders need one, or an address that may send without.
                </p>
              ) : null}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

function Arrived({ row, onDone }: { readonly row: SummaryRow; readonly onDone: () => void }): ReactNode {
  const name = `${row.method} ${urlParts(row.url).path || row.entry || row.id}`.trim();
  return (
    <div className="first-run-arrived" role="status" data-testid="arrived">
      <IconCircleCheck size={18} aria-hidden />
      <span>
        <b>It arrived:</b> <PlaceLink to={tracePlace(row.id)}>{visible(name, 80)}</PlaceLink>, {row.services.length}{' '}
        services, {formatDuration(row.responseS)}
      </span>
      <button type="button" className="btn btn-small" data-testid="first-run-done" onClick={onDone}>
        Show all traces
      </button>
    </div>
  );
}
