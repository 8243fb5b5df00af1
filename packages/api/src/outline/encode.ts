import { type EntityDocument, timeUsFromSeconds, type TraceDocument } from '@fluoroscope/model';
import { outlineDetail } from './detail.ts';
import {
  OUTLINE_COLUMNS,
  OUTLINE_ENTITIES_MAX,
  OUTLINE_FLAGS,
  OUTLINE_OTHER_NAME,
  OUTLINE_STRINGS_MAX,
  outlineColumnsBytes,
  type OutlineHeader,
  padded,
} from './format.ts';

export interface PlacedDocument {
  readonly document: TraceDocument;
  readonly place: number;
}

export type FrameFigures = Pick<OutlineHeader, 'readCount' | 'totalCount' | 'asSent' | 'isLast' | 'startsAnew'>;

export interface OutlineEncoder {
  /** One frame of these documents; call in the order of their arrival. */
  readonly encode: (documents: readonly PlacedDocument[], figures: FrameFigures) => Uint8Array;
}

type Lists = { readonly [Column in (typeof OUTLINE_COLUMNS)[number][0]]: number[] };

export function createOutlineEncoder(entitiesMax: number = OUTLINE_ENTITIES_MAX): OutlineEncoder {
  const numbers = new Map<string, number>([['', 0]]);
  let fresh: string[] = [];
  let entityCount = 0;
  let leftOutCount = 0;

  function numberOf(text: string): number | undefined {
    const known = numbers.get(text);
    if (known !== undefined || (numbers.size >= OUTLINE_STRINGS_MAX && text !== OUTLINE_OTHER_NAME)) return known;
    const number = numbers.size;
    numbers.set(text, number);
    fresh.push(text);
    return number;
  }

  function numberOfName(name: string): number {
    return numberOf(name) ?? numberOf(OUTLINE_OTHER_NAME) ?? 0;
  }

  function add(lists: Lists, { document, place }: PlacedDocument): void {
    const isSegment = document.type !== 'subsegment';
    const service = isSegment ? numberOfName(document.name) : 0;
    const stack: Waiting[] = [{ entity: document, parentId: document.parent_id ?? '', isTop: true }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { entity, parentId, isTop } = next;
      if (entityCount === entitiesMax) {
        leftOutCount += 1;
      } else {
        entityCount += 1;
        const flags = flagsOf(entity, parentId, isTop && isSegment, !isTop);
        const startUs = timeUsFromSeconds(entity.start_time);
        lists.startUs.push(startUs);
        lists.lengthUs.push(entity.end_time === undefined ? 0 : timeUsFromSeconds(entity.end_time) - startUs);
        pushHalves(lists.idHigh, lists.idLow, entity.id);
        pushHalves(lists.parentHigh, lists.parentLow, parentId);
        lists.name.push(numberOfName(entity.name));
        lists.service.push(service);
        lists.detail.push(numberOf(outlineDetail(entity)) ?? 0);
        lists.place.push(place);
        lists.origin.push(isTop && isSegment ? (numberOf(document.origin ?? '') ?? 0) : 0);
        lists.status.push(entity.http?.response?.status ?? 0);
        lists.flags.push(flags);
      }
      for (const child of (entity.subsegments ?? []).toReversed()) {
        stack.push({ entity: child, parentId: entity.id, isTop: false });
      }
    }
  }

  return {
    encode(documents, figures) {
      const lists = emptyLists();
      for (const placed of documents) add(lists, placed);
      const header: OutlineHeader = { ...figures, count: lists.startUs.length, strings: fresh, leftOutCount };
      fresh = [];
      return pack(header, lists);
    },
  };
}

interface Waiting {
  readonly entity: EntityDocument & { readonly namespace?: string; readonly inferred?: true };
  readonly parentId: string;
  readonly isTop: boolean;
}

function flagsOf(entity: Waiting['entity'], parentId: string, isSegment: boolean, isEmbedded: boolean): number {
  return (
    (isSegment ? OUTLINE_FLAGS.segment : 0) |
    (entity.inferred === true ? OUTLINE_FLAGS.inferred : 0) |
    (entity.cause === undefined ? 0 : OUTLINE_FLAGS.hasCause) |
    (parentId === '' ? 0 : OUTLINE_FLAGS.hasParent) |
    (entity.error === true ? OUTLINE_FLAGS.error : 0) |
    (entity.throttle === true ? OUTLINE_FLAGS.throttle : 0) |
    (entity.fault === true ? OUTLINE_FLAGS.fault : 0) |
    (entity.end_time === undefined ? OUTLINE_FLAGS.pending : 0) |
    (entity.namespace === 'aws' ? OUTLINE_FLAGS.aws : 0) |
    (entity.namespace === 'remote' ? OUTLINE_FLAGS.remote : 0) |
    ((entity.links?.length ?? 0) > 0 ? OUTLINE_FLAGS.hasLinks : 0) |
    (isEmbedded ? OUTLINE_FLAGS.embedded : 0)
  );
}

/** Ids are 16 hexadecimal digits; the empty one of a root is 0. */
function pushHalves(high: number[], low: number[], id: string): void {
  high.push(id === '' ? 0 : parseInt(id.slice(0, 8), 16));
  low.push(id === '' ? 0 : parseInt(id.slice(8), 16));
}

function emptyLists(): Lists {
  return {
    startUs: [],
    lengthUs: [],
    idHigh: [],
    idLow: [],
    parentHigh: [],
    parentLow: [],
    name: [],
    service: [],
    detail: [],
    place: [],
    origin: [],
    status: [],
    flags: [],
  };
}

const ARRAY_OF = { 2: Uint16Array, 4: Uint32Array, 8: Float64Array };

/** In the byte order of the machine, which is little-endian wherever Node runs that we support. */
function pack(header: OutlineHeader, lists: Lists): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const columnsAt = padded(4 + text.length);
  const bytes = new Uint8Array(columnsAt + outlineColumnsBytes(header.count));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = columnsAt;
  for (const [column, size] of OUTLINE_COLUMNS) {
    new ARRAY_OF[size](bytes.buffer, at, header.count).set(lists[column]);
    at += size * header.count;
  }
  return bytes;
}
