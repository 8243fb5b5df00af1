import type { RetrievedSpan, WireSegment } from '@fluoroscope/api';
import { readAcceptedDocument, type EntityDocument, type SegmentId, type TraceId } from '@fluoroscope/model';
import { printDocument } from '@fluoroscope/query';

/**
 * A segment as the spans that it takes when none may be longer. Where an entity does not fit with its subsegments, all of these
 * are spans of their own, behind it and with their `parent_id`: of what is there already none moves when others come. Nothing is
 * left out. An entity that is longer by itself, as numbers written out can make it, is one span all the same.
 */
export function toSpans({ Id, Document = '' }: WireSegment, charsMax: number): readonly RetrievedSpan[] {
  if (Document.length <= charsMax) return [{ ...(Id !== undefined && { Id }), Document }];
  const whole = readAcceptedDocument(Document);
  const { document, apart } = fit(whole, charsMax);
  return [document, ...apart.map((piece) => standing(piece, whole.trace_id))].map((piece) => {
    return { Id: piece.id, Document: printDocument(piece) };
  });
}

interface Piece {
  readonly document: EntityDocument;
  readonly parentId: SegmentId;
}

interface Fitted {
  readonly document: EntityDocument;
  /** No fewer than it takes, wherever it stands. */
  readonly chars: number;
  /** Of it and what is below it, in order. */
  readonly apart: readonly Piece[];
}

/** From the leaves up, so that each entity is printed once; as deep as a merged document can be (`FOLDED_LEVELS_MAX`). */
function fit(entity: EntityDocument, charsMax: number): Fitted {
  const { subsegments = [], ...own } = entity;
  const ownChars = printDocument(own).length + STANDING_CHARS;
  if (subsegments.length === 0) return { document: entity, chars: ownChars, apart: [] };
  const children = subsegments.map((child) => fit(child, charsMax));
  const chars = children.reduce((sum, child) => sum + child.chars + 1, ownChars);
  if (chars <= charsMax) {
    const document = { ...own, subsegments: children.map((child) => child.document) };
    return { document, chars, apart: children.flatMap(({ apart }) => apart) };
  }
  const apart: Piece[] = [];
  for (const child of children) {
    apart.push({ document: child.document, parentId: entity.id });
    for (const piece of child.apart) apart.push(piece);
  }
  return { document: own, chars: ownChars, apart };
}

function standing({ document, parentId }: Piece, traceId: TraceId): EntityDocument {
  return Object.assign({ ...document }, { type: 'subsegment', trace_id: traceId, parent_id: parentId });
}

/** `,"subsegments":[]`, and what a subsegment has more when it stands alone. */
const STANDING_CHARS = 16 + ',"type":"subsegment","trace_id":"","parent_id":""'.length + 35 + 16;
