import type { SubsegmentDocument, TraceDocument } from '@fluoroscope/model';

/** A document and the subsegments that it embeds, each on its own. */
export function foldApart(document: TraceDocument): readonly TraceDocument[] {
  const { subsegments = [], ...own } = document;
  if (subsegments.length === 0) return [document];
  return [own, ...subsegments.flatMap((child) => foldApart(toIndependent(child, document)))];
}

function toIndependent(child: SubsegmentDocument, { trace_id, id }: TraceDocument): TraceDocument {
  return { ...child, type: 'subsegment', trace_id, parent_id: id };
}
