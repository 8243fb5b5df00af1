import { createHopCollapser } from '@fluoroscope/model';
import type { Consumer } from '../stage.ts';

/**
 * Makes one node of a sidecar and the application behind it (ADR-016). It remembers recent hops: documents of earlier calls
 * may come out again, to replace what they were. What the next part then refuses as full is remembered already, and
 * comes out the same when the sender comes again.
 */
export function createIstio(next: Consumer): Consumer {
  const hops = createHopCollapser();
  return {
    async consume(parcels) {
      const received = new Map(parcels.map((parcel) => [parcel.document, parcel]));
      const documents = hops.collapse(parcels.map(({ document }) => document));
      await next.consume(
        documents.map((document) => received.get(document) ?? { document, bytes: JSON.stringify(document).length }),
      );
    },
  };
}
