import { groupSpans, spansOf, type SentSpan } from '@fluoroscope/model';
import type { Parcel } from '../../stage.ts';
import type { EncodableGroup } from './encode-request.ts';

/** Spans of documents; of one that came as a span and was not changed that very span. */
export function groupsOf(parcels: readonly Parcel[]): readonly EncodableGroup[] {
  return groupSpans(
    parcels.flatMap((parcel): readonly SentSpan[] => {
      const { sentSpan } = parcel;
      if (sentSpan === undefined) return spansOf(parcel.document);
      return sentSpan === null ? [] : [sentSpan];
    }),
  );
}
