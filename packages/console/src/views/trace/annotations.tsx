import type { JsonObject } from '@fluoroscope/model';
import { IconFilter } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { annotationFilter } from '../../trace/annotation-filter.ts';
import { visible } from '../../text/visible.ts';
import { TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { SafeText } from './pairs.tsx';

/** The list of traces that a link opens reaches so far to both sides of this one. */
const AROUND_S = 1800;

interface AnnotationsProps {
  readonly value: JsonObject;
  /** Seconds since 1970: when the trace began. */
  readonly atS: number;
}

/** Each annotation leads to the traces that have it too. */
export function Annotations({ value, atS }: AnnotationsProps): ReactNode {
  const range = { kind: 'fixed', startS: Math.floor(atS - AROUND_S), endS: Math.ceil(atS + AROUND_S) } as const;
  return (
    <dl className="pairs">
      {Object.entries(value).map(([key, item]) => {
        const filter = annotationFilter(key, item);
        return (
          <div key={key}>
            <dt className="mono">{visible(key, 120)}</dt>
            <dd className="annotation">
              <SafeText value={item} />
              {filter === null ? null : (
                <PlaceLink
                  to={{ ...TRACES_PLACE, range, filter }}
                  className="annotation-link"
                  title={`Traces with ${visible(filter, 120)}`}
                  testId={`annotation-${key}`}
                >
                  <IconFilter size={13} aria-hidden />
                  <span className="sr-only">Traces with this annotation</span>
                </PlaceLink>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
