import type { TraceDocument } from '@fluoroscope/model';
import { withDocument, type Consumer, type ProcessorEvents } from '../stage.ts';

/** A processor that changes documents one by one. */
export function createMapping(next: Consumer, change: (document: TraceDocument) => TraceDocument): Consumer {
  return {
    consume: (parcels) => next.consume(parcels.map((parcel) => withDocument(parcel, change(parcel.document)))),
  };
}

/** A processor that hands some documents on. */
export function createFilter(
  next: Consumer,
  wanted: (document: TraceDocument) => boolean,
  events: Pick<ProcessorEvents, 'filtered'>,
): Consumer {
  return {
    async consume(parcels) {
      const kept = parcels.filter(({ document }) => wanted(document));
      if (kept.length > 0) await next.consume(kept);
      if (kept.length < parcels.length) events.filtered(parcels.length - kept.length);
    },
  };
}
