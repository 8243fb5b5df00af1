import { timeUs, type ServiceKey } from '@fluoroscope/model';
import type { EdgeSum, GraphSums, Histogram, NodeSum } from '@fluoroscope/store';

/**
 * A graph on its way from one thread to another. As objects, each with two views of its histogram's memory, copying four hundred
 * sums took longer than half of summing them up.
 */
export interface PackedGraph {
  readonly services: readonly ServiceKey[];
  readonly nodes: readonly Pick<NodeSum, 'state' | 'root'>[];
  readonly edges: readonly Pick<EdgeSum, 'aliases'>[];
  /** Places in `services`: one of each node, then two of each edge, source and target. */
  readonly serviceAt: Int32Array;
  /** `FIGURE_COUNT` of each node, then of each edge. */
  readonly figures: Float64Array;
  /** `PLACE_COUNT` of each node, then of each edge: where its histogram is. */
  readonly places: Int32Array;
  /** Buckets and counts of all histograms. */
  readonly memory: Float64Array;
}

/** startUs, endUs, totalDurationUs, ok, error, throttle, fault, pending. */
const FIGURE_COUNT = 8;

/** In `memory`: where the buckets begin, where the counts begin, and how many there are of each. */
const PLACE_COUNT = 3;

type Sum = NodeSum | EdgeSum;
type Fields = Pick<Sum, 'startUs' | 'endUs' | 'totalDurationUs' | 'counts' | 'histogram'>;

/** The graph is given away: its histograms may be in the packed one's memory. */
export function packGraph({ nodes, edges }: GraphSums): PackedGraph {
  const sums: readonly Sum[] = [...nodes, ...edges];
  const figures = new Float64Array(sums.length * FIGURE_COUNT);
  for (const [at, { startUs, endUs, totalDurationUs, counts }] of sums.entries()) {
    const { ok, error, throttle, fault, pending } = counts;
    figures.set([startUs, endUs, totalDurationUs, ok, error, throttle, fault, pending], at * FIGURE_COUNT);
  }
  const services = createServiceList();
  const serviceAt = Int32Array.from([
    ...nodes.map(({ service }) => services.placeOf(service)),
    ...edges.flatMap(({ source, target }) => [services.placeOf(source), services.placeOf(target)]),
  ]);
  return {
    services: services.items,
    nodes: nodes.map(({ state, root }) => ({ state, root })),
    edges: edges.map(({ aliases }) => ({ aliases })),
    serviceAt,
    figures,
    ...packHistograms(sums.map(({ histogram }) => histogram)),
  };
}

/** What crosses over without a copy. */
export function movedMemory(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null || !('memory' in answer)) return [];
  const { memory } = answer;
  return memory instanceof Float64Array && memory.buffer instanceof ArrayBuffer ? [memory.buffer] : [];
}

export function unpackGraph(packed: PackedGraph): GraphSums {
  const { services, serviceAt, nodes, edges } = packed;
  const next = createReader(packed);
  let place = 0;
  const nextService = (): ServiceKey => {
    const service = services[serviceAt[place++] ?? -1];
    if (service === undefined) throw new TypeError(`a packed graph has no service for place ${place - 1}`);
    return service;
  };
  return {
    nodes: nodes.map(({ state, root }) => Object.assign(next(), { service: nextService(), state, root })),
    edges: edges.map(({ aliases }) => Object.assign(next(), { source: nextService(), target: nextService(), aliases })),
  };
}

/** Where all are views of one piece of memory, it is taken as it is. */
function packHistograms(histograms: readonly Histogram[]): Pick<PackedGraph, 'memory' | 'places'> {
  const memory = memoryOfAll(histograms);
  return memory === null
    ? packHistograms(copyTogether(histograms))
    : {
        memory,
        places: Int32Array.from(
          histograms.flatMap(({ bucketsUs, counts }) => [placeIn(bucketsUs), placeIn(counts), counts.length]),
        ),
      };
}

function placeIn({ byteOffset }: Float64Array): number {
  return byteOffset / Float64Array.BYTES_PER_ELEMENT;
}

/** Null: they are in several pieces, or in one with much else. */
function memoryOfAll(histograms: readonly Histogram[]): Float64Array | null {
  const arrays = histograms.flatMap(({ bucketsUs, counts }) => [bucketsUs, counts]);
  const [first] = arrays;
  if (first === undefined) return new Float64Array();
  const usedBytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const isWhole = first.buffer.byteLength === usedBytes && arrays.every(({ buffer }) => buffer === first.buffer);
  return isWhole ? new Float64Array(first.buffer) : null;
}

function copyTogether(histograms: readonly Histogram[]): readonly Histogram[] {
  const size = histograms.reduce((sum, { counts }) => sum + counts.length, 0);
  const memory = new Float64Array(2 * size);
  let end = 0;
  const put = (values: Float64Array): Float64Array => {
    memory.set(values, end);
    end += values.length;
    return memory.subarray(end - values.length, end);
  };
  return histograms.map(({ bucketsUs, counts }) => ({ bucketsUs: put(bucketsUs), counts: put(counts) }));
}

interface ServiceList {
  readonly items: readonly ServiceKey[];
  placeOf(service: ServiceKey): number;
}

function createServiceList(): ServiceList {
  const items: ServiceKey[] = [];
  const places = new Map<string, number>();
  return {
    items,
    placeOf(service) {
      const { name, type, accountId } = service;
      const key = JSON.stringify([name, type, accountId]);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, items.length);
      return items.push(service) - 1;
    },
  };
}

function createReader({ figures, places, memory }: PackedGraph): () => Fields {
  let at = 0;
  return () => {
    const figure = (no: number): number => figures[at * FIGURE_COUNT + no] ?? 0;
    const place = (no: number): number => places[at * PLACE_COUNT + no] ?? 0;
    const [buckets, counts, length] = [place(0), place(1), place(2)];
    const fields = {
      startUs: timeUs(figure(0)),
      endUs: timeUs(figure(1)),
      totalDurationUs: figure(2),
      counts: { ok: figure(3), error: figure(4), throttle: figure(5), fault: figure(6), pending: figure(7) },
      histogram: {
        bucketsUs: memory.subarray(buckets, buckets + length),
        counts: memory.subarray(counts, counts + length),
      },
    };
    at += 1;
    return fields;
  };
}
