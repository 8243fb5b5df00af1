import type { RecentRequest } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import { formatCount } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';

const SHOWN_MAX = 8;

/** Requests that began recent traces, most frequent first. */
export function RequestList({ requests }: { readonly requests: readonly RecentRequest[] }): ReactNode {
  const rest = requests.slice(SHOWN_MAX);
  return (
    <ul className="requests">
      {requests.slice(0, SHOWN_MAX).map(({ serviceName, method = '', host = '', path = '', count }) => (
        <li key={[serviceName, method, host, path].join(' ')}>
          <span className="num">{formatCount(count)}</span>
          <span className="clip">
            {visible(serviceName, 60)}{' '}
            <span className="muted mono">
              {visible(method, 10)} {visible(`${host}${path}`, 90)}
            </span>
          </span>
        </li>
      ))}
      {rest.length === 0 ? null : (
        <li className="muted">
          and {formatCount(rest.length)} other {rest.length === 1 ? 'kind' : 'kinds'} of request
        </li>
      )}
    </ul>
  );
}
