import { trace } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOLDED_LEVELS_MAX, mergeTrace, type MergedTrace } from './merge-trace.ts';
import type { SubsegmentDocument, TraceDocument } from './segment-document.ts';
import { parseSegmentId, type SegmentId } from './segment-id.ts';

// XRAY-SPEC, Appendix A.
const SHOP = trace`
  trace 1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa
  shop               0..300   GET http://shop.example/buy 200 type=AWS::EC2::Instance user=ann tier:gold id=1111111111111111
    -> stock.example 50..200  POST 500 id=2222222222222222
      stock          60..190  500 throws="DBError:no pool" id=5555555555555555
        -> stockdb@db1 70..185 sql fault throws="DBError:no pool" id=6666666666666666
    -> DynamoDB      210..250 op=GetItem table=carts 200 id=3333333333333333
    - render         250..290 id=4444444444444444
      - template     255..280 alone id=7777777777777777
`;

describe('the worked example', () => {
  const { segments, startTime, endTime } = mergeTrace(SHOP.documents);

  test('has the segments sent, with the lone subsegment folded in', () => {
    expect(outline(mergeTrace(SHOP.documents))).toEqual([
      'shop(stock.example DynamoDB render(template))',
      'stock(stockdb@db1)',
      'stockdb@db1',
      'DynamoDB',
    ]);
  });

  test('has inferred segments for the calls nobody answered', () => {
    expect(segments.slice(2).map(({ document }) => document)).toMatchObject([
      { parent_id: '6666666666666666', origin: 'Database::SQL', fault: true, inferred: true },
      { parent_id: '3333333333333333', origin: 'AWS::DynamoDB::Table', aws: { resource_names: ['carts'] } },
    ]);
  });

  test('lasts 0.3 s', () => {
    expect(endTime - startTime).toBeCloseTo(0.3, 6);
  });

  test('without the stock service, it is inferred too', () => {
    const merged = mergeTrace(SHOP.documents.filter((document) => document !== SHOP.document('stock')));
    expect(outline(merged)).toEqual(['shop(stock.example DynamoDB render(template))', 'stock.example', 'DynamoDB']);
    expect(merged.segments[1]?.document).toMatchObject({ origin: 'remote', fault: true });
  });
});

describe('documents of one id', () => {
  const [open] = trace`a 0..`.documents;
  const [done] = trace`a 0..5`.documents;
  const [redone] = trace`a 0..7`.documents;

  test.each([
    ['complete replaces in progress', [open, done], 5],
    ['a late in-progress one replaces nothing', [done, open], 5],
    ['the last complete one wins', [done, redone], 7],
    ['sent again is no news', [done, redone, done], 7],
  ])('%s', (_name, documents, endMs) => {
    const { segments } = mergeTrace(known(documents));
    expect(segments).toHaveLength(1);
    expect(segments[0]?.document).toMatchObject({ end_time: at(endMs) });
  });

  test('what an outdone document embeds goes with it', () => {
    const [before] = trace`a 0..\n  - half 1..`.documents;
    expect(outline(mergeTrace(known([before, done])))).toEqual(['a']);
  });
});

describe('subsegments on their own', () => {
  test('are folded in at any depth, embedded ones first, then by start', () => {
    const drawn = trace`
      a 0..10
        - embedded 8..9
        - second 5..6 alone
          - deep 5..6 alone
        - first 1..2 alone
    `;
    for (const documents of [drawn.documents, drawn.documents.toReversed()]) {
      expect(outline(mergeTrace(documents))).toEqual(['a(embedded first second(deep))']);
    }
  });

  test('without a parent stand alone, with theirs below', () => {
    const orphan = trace`
      a 0..10
      - lost 1..2 parent=00000000000000aa
        - child 1..2 alone
    `;
    const merged = mergeTrace(orphan.documents);
    expect(outline(merged)).toEqual(['a', 'lost(child)']);
    expect(merged.segments[1]?.document).toMatchObject({ type: 'subsegment', parent_id: '00000000000000aa' });
  });

  test('embedded as well are kept once, the complete one, where their parent has them', () => {
    const parent = trace`a 0..10\n  - x 1..\n    - inner 1..2\n  - y 3..4`.documents;
    const streamed = trace`a 0..10\n  - x 1..2 alone k:1`.documents.slice(1);
    for (const documents of [
      [...parent, ...streamed],
      [...streamed, ...parent],
    ]) {
      const merged = mergeTrace(documents);
      expect(outline(merged)).toEqual(['a(x(inner) y)']);
      expect(merged.segments[0]?.document.subsegments?.[0]).toMatchObject({ end_time: at(2), annotations: { k: 1 } });
    }
  });

  test('lose what only a document of its own needs', () => {
    const drawn = trace`a 0..10\n  - x 1..2 alone`;
    const [x] = mergeTrace(drawn.documents).segments[0]?.document.subsegments ?? [];
    expect(x).toEqual({ id: drawn.id('x'), name: 'x', start_time: at(1), end_time: at(2) });
  });
});

describe('no segment is inferred', () => {
  test.each([
    ['for a call in progress', '-> b 1..'],
    ['for a traced call', '-> b 1..2 traced'],
    ['for local work', '- b 1..2'],
    ['for a call that was answered', '-> b 1..2\n    b-service 1..2'],
  ])('%s', (_name, line) => {
    expect(mergeTrace(trace`a 0..10\n  ${line}`.documents).segments.filter(isInferred)).toEqual([]);
  });

  test('but for a call that was sent alone', () => {
    const merged = mergeTrace(trace`a 0..10\n  -> b 1..2 alone`.documents);
    expect(merged.segments.filter(isInferred)).toMatchObject([{ document: { name: 'b', origin: 'remote' } }]);
  });
});

describe('hostile traces end', () => {
  const CHAIN = 100_000;

  test('a chain of 100,000', () => {
    const merged = mergeTrace(Array.from({ length: CHAIN }, (_, index) => lone(index + 1, index)));
    expect(merged.segments).toHaveLength(Math.ceil(CHAIN / (FOLDED_LEVELS_MAX + 1)));
    expect(merged.segments.reduce((sum, { document }) => sum + countNames(document), 0)).toBe(CHAIN);
  });

  test('a circle of 100,000, cut at its smallest id', () => {
    const merged = mergeTrace(
      Array.from({ length: CHAIN }, (_, index) => lone(index + 1, index === 0 ? CHAIN : index)),
    );
    expect(merged.segments.some(({ id }) => id === idOf(1))).toBe(true);
    expect(merged.segments.reduce((sum, { document }) => sum + countNames(document), 0)).toBe(CHAIN);
  });

  test('its own parent', () => {
    expect(outline(mergeTrace([lone(1, 1), lone(2, 1)]))).toEqual(['n1(n2)']);
  });

  test('embedded in itself', () => {
    const inner: SubsegmentDocument = { id: idOf(1), name: 'n1', start_time: 1, end_time: 2 };
    expect(outline(mergeTrace([{ ...lone(1, 9), subsegments: [inner] }]))).toEqual(['n1']);
  });

  test('two that embed each other', () => {
    const embedding = (id: number, other: number): TraceDocument => ({ ...lone(id, 9), subsegments: [lone(other, 9)] });
    expect(outline(mergeTrace([embedding(1, 2), embedding(2, 1)]))).toEqual(['n1(n2)']);
  });

  test('no documents at all', () => {
    expect(mergeTrace([])).toEqual({ segments: [], startTime: 0, endTime: 0 });
  });
});

describe('whatever the order', () => {
  /** At most one complete document and one in progress for each id, as senders should. */
  const documents = fc
    .array(
      fc.record({
        parent: fc.nat(12),
        start: fc.nat(50),
        segment: fc.boolean(),
        call: fc.boolean(),
        open: fc.boolean(),
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((nodes) => nodes.flatMap((node, index) => drawNode(index + 1, node)));

  test('the trace is the same', () => {
    const shuffled = documents.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([sent, arrived]) => {
        expect(mergeTrace(arrived)).toEqual(mergeTrace(sent));
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });

  test('and however often it is delivered', () => {
    const redelivered = documents.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all)));
    fc.assert(
      fc.property(redelivered, ([sent, again]) => {
        expect(mergeTrace([...sent, ...again])).toEqual(mergeTrace(sent));
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });

  test('nothing is lost and nothing doubled', () => {
    fc.assert(
      fc.property(documents, (sent) => {
        const merged = mergeTrace(sent);
        const ids = merged.segments
          .filter((segment) => !isInferred(segment))
          .flatMap(({ document }) => idsOf(document));
        expect(ids.toSorted()).toEqual([...new Set(sent.map(({ id }) => id))].toSorted());
      }),
      { seed: 8, numRuns: 1_000 },
    );
  });
});

interface DrawnNode {
  readonly parent: number;
  readonly start: number;
  readonly segment: boolean;
  readonly call: boolean;
  readonly open: boolean;
}

function drawNode(id: number, { parent, start, segment, call, open }: DrawnNode): TraceDocument[] {
  const { end_time: _end, ...head } = lone(id, parent, start);
  const { type: _type, ...segmentHead } = head;
  const common = segment ? segmentHead : { ...head, ...(call && { namespace: 'remote' }) };
  const complete: TraceDocument = { ...common, end_time: start + 10 };
  return open ? [{ ...common, in_progress: true }, complete] : [complete];
}

function lone(id: number, parent: number, start = 1): Extract<TraceDocument, { type: 'subsegment' }> {
  const place = { trace_id: SHOP.traceId, type: 'subsegment', parent_id: idOf(parent) } as const;
  return { id: idOf(id), name: `n${id}`, start_time: start, end_time: start + 1, ...place };
}

function idOf(value: number): SegmentId {
  const id = parseSegmentId((value + 0x1000).toString(16).padStart(16, '0'));
  if (!id.ok) throw new Error(id.problem);
  return id.value;
}

function at(ms: number): number {
  return trace`a ${ms}..${ms}`.document('a').start_time;
}

function known<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter((item) => item !== undefined);
}

function isInferred({ document }: MergedTrace['segments'][number]): boolean {
  return 'inferred' in document;
}

/** Name, and in brackets what is embedded. */
function outline({ segments }: MergedTrace): string[] {
  return segments.map(({ document }) => sketch(document));
}

function sketch({ name, subsegments }: TraceDocument | SubsegmentDocument): string {
  return subsegments === undefined ? name : `${name}(${subsegments.map(sketch).join(' ')})`;
}

function idsOf({ id, subsegments = [] }: TraceDocument | SubsegmentDocument): SegmentId[] {
  return [id, ...subsegments.flatMap(idsOf)];
}

function countNames(document: TraceDocument): number {
  return JSON.stringify(document).match(/"name"/g)?.length ?? 0;
}
