import { parseSegmentId, readAcceptedDocument, type EntityDocument, type SegmentId } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toSpans } from './span-pieces.ts';

const SEED = 20_261_121;
const TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793';

test('a segment that fits is left as it is', () => {
  const segment = { Id: 'a', Document: '{"any": "text"}' };
  expect(toSpans(segment, 15)).toEqual([segment]);
});

test('where an entity does not fit with its subsegments, these stand alone, as they would be sent', () => {
  const segment = entity(1, 10, [entity(2, 300, [entity(3, 10), entity(4, 300)]), entity(5, 20, [entity(6, 1)])]);
  const spans = toSpans(printed(segment), 1_000);
  expect(spans.map(({ Id }) => Id)).toEqual([1, 2, 3, 4, 5].map(idOf));
  const apart = { trace_id: TRACE_ID, type: 'subsegment' };
  expect(spans.map(({ Document = '' }) => JSON.parse(Document) as object)).toMatchObject([
    { id: idOf(1), trace_id: TRACE_ID },
    { ...apart, id: idOf(2), parent_id: idOf(1) },
    { ...apart, id: idOf(3), parent_id: idOf(2) },
    { ...apart, id: idOf(4), parent_id: idOf(2) },
    { ...apart, id: idOf(5), parent_id: idOf(1), subsegments: [{ id: idOf(6) }] },
  ]);
});

test('a thousand levels', () => {
  let deep = entity(1_000, 10);
  for (let level = 999; level > 0; level -= 1) deep = entity(level, 10, [deep]);
  const spans = toSpans(printed(deep), 10_000);
  expect(spans.length).toBeGreaterThan(5);
  expect(spans.flatMap(({ Document = '' }) => idsIn(readAcceptedDocument(Document)))).toHaveLength(1_000);
});

test('whatever the tree, every entity is there once, below its parent, and no span that can be cut is too long', () => {
  const tree = fc.letrec<{ node: Shape }>((tie) => ({
    node: fc.record({
      chars: fc.nat(400),
      children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('node'), { maxLength: 5 })),
    }),
  })).node;
  fc.assert(
    fc.property(tree, fc.integer({ min: 800, max: 2_000 }), (shape, charsMax) => {
      const segment = build(shape);
      const documents = toSpans(printed(segment), charsMax).map(({ Id, Document = '' }) => {
        expect(Document.length).toBeLessThanOrEqual(charsMax);
        const document = readAcceptedDocument(Document);
        expect(document.id).toBe(Id);
        return document;
      });
      expect(new Set(documents.flatMap(linesOf))).toEqual(new Set(linesOf(segment)));
      expect(documents.flatMap(idsIn)).toHaveLength(idsIn(segment).length);
    }),
    { seed: SEED },
  );
});

interface Shape {
  readonly chars: number;
  readonly children: readonly Shape[];
}

type Segment = EntityDocument & { readonly trace_id: string; readonly parent_id?: string };

function build(shape: Shape): Segment {
  let count = 0;
  const grow = ({ chars, children }: Shape): Segment => entity((count += 1), chars, children.map(grow));
  return grow(shape);
}

/** With the trace id, which only the outermost needs. */
function entity(at: number, chars: number, subsegments: readonly EntityDocument[] = []): Segment {
  const times = { start_time: 1, end_time: 1.5 };
  const metadata = { text: 'x'.repeat(chars) };
  return {
    id: idOf(at),
    trace_id: TRACE_ID,
    name: 'n',
    ...times,
    metadata,
    ...(subsegments.length > 0 && { subsegments }),
  };
}

function idOf(at: number): SegmentId {
  const id = parseSegmentId(at.toString(16).padStart(16, '0'));
  if (!id.ok) throw new Error(`no id ${at}`);
  return id.value;
}

function printed(segment: Segment): { readonly Id: string; readonly Document: string } {
  return { Id: segment.id, Document: JSON.stringify(segment) };
}

function idsIn({ id, subsegments = [] }: EntityDocument): readonly string[] {
  return [id, ...subsegments.flatMap(idsIn)];
}

/** Who is below whom, with what. */
function linesOf(top: EntityDocument & { readonly parent_id?: string }): readonly string[] {
  const lines = (one: EntityDocument, parent: string): string[] => [
    `${parent} ${one.id} ${JSON.stringify(one.metadata)}`,
    ...(one.subsegments ?? []).flatMap((child) => lines(child, one.id)),
  ];
  return lines(top, top.parent_id ?? '');
}
