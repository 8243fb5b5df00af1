import { IconArrowRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TraceLink } from '../../trace/links.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';

/** Links shown; the raw document has them all. */
const LINKS_COUNT_MAX = 200;

export function LinkedTraces({ links }: { readonly links: readonly TraceLink[] }): ReactNode {
  return (
    <ul className="linked">
      {links.slice(0, LINKS_COUNT_MAX).map((link) => (
        <li key={`${link.traceId} ${link.entityId}`}>
          <PlaceLink to={{ ...tracePlace(link.traceId), row: link.entityId }} testId={`linked-${link.traceId}`}>
            <IconArrowRight size={14} aria-hidden /> <span className="mono">{link.traceId}</span>
          </PlaceLink>
          <span className="muted">{link.kind === null ? '' : visible(link.kind, 40)}</span>
        </li>
      ))}
      {links.length > LINKS_COUNT_MAX ? (
        <li className="muted">and {links.length - LINKS_COUNT_MAX} more in the raw document</li>
      ) : null}
    </ul>
  );
}
