import {
  type BoxKind,
  type Edge,
  type HistogramEntry,
  type Position,
  type Positions,
  readBoxType,
  type Service,
} from '@fluoroscope/api';
import { CLIENT_TYPE } from '@fluoroscope/model';
import { kindOf, type NodeKind, shortName, typeLabel } from './kind.ts';
import { layered } from './layered.ts';
import { serviceKeyOf } from './services.ts';
import { type Shares, sharesOf } from './shares.ts';
import type { TimeWindow } from '../url/range.ts';

export interface MapNode {
  readonly key: string;
  readonly name: string;
  readonly shortName: string;
  readonly type: string | null;
  readonly kind: NodeKind;
  readonly accountId: string | null;
  readonly root: boolean;
  /** Seen only through its callers: it sends no segments of its own. */
  readonly inferred: boolean;
  readonly position: Position;
  /** From its first request to the end of its last; null when it had none. */
  readonly active: TimeWindow | null;
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
  /** What a box gathers by; null for a service of its own. */
  readonly box: BoxKind | null;
  /** Of a box, the names of what it gathers. */
  readonly members: readonly string[];
}

export interface MapEdge {
  readonly key: string;
  readonly from: MapNode;
  readonly to: MapNode;
  /** Asynchronous: the receiver began a trace of its own. */
  readonly link: boolean;
  readonly active: TimeWindow | null;
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
  /** Of a link: how long messages waited until they were received. */
  readonly ages: readonly HistogramEntry[];
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

const NONE: readonly HistogramEntry[] = [];
export const EMPTY_GRAPH: MapGraph = { nodes: [], edges: [] };

function edgeKey(from: string, to: string): string {
  return `${from}→${to}`;
}

/** Joins services and places. A graph without any places (a trace's own) is put into layers. */
export function mapGraph(services: readonly Service[], positions: Positions): MapGraph {
  const isPlaced = services.some((service) => positions[serviceKeyOf(service)] !== undefined);
  const places = isPlaced
    ? withSpares(services.map(serviceKeyOf), positions)
    : layered(services.map(serviceKeyOf), connections(services));
  const byReference = new Map<number, MapNode>();
  for (const service of services) {
    const node = mapNode(service, places);
    if (service.ReferenceId !== undefined) byReference.set(service.ReferenceId, node);
  }
  const edges = services.flatMap((service) => {
    const from = byReference.get(service.ReferenceId ?? -1);
    return (service.Edges ?? []).flatMap((edge) => {
      const to = byReference.get(edge.ReferenceId ?? -1);
      return from === undefined || to === undefined ? [] : [mapEdge(from, to, edge)];
    });
  });
  return { nodes: [...byReference.values()], edges };
}

const SPARE_DISTANCE = 1.6;

/** What has no place yet waits in a row below all others: no answer has told where it belongs. */
function withSpares(keys: readonly string[], positions: Positions): Positions {
  const missing = keys.filter((key) => positions[key] === undefined);
  if (missing.length === 0) return positions;
  const known = keys.flatMap((key) => positions[key] ?? []);
  const left = known.reduce((least, { x }) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const y = known.reduce((most, place) => Math.max(most, place.y), 0) + SPARE_DISTANCE;
  const spares = missing.map((key, index) => [key, { x: left + index * SPARE_DISTANCE, y }]);
  return { ...positions, ...Object.fromEntries(spares) };
}

function mapNode(service: Service, places: Positions): MapNode {
  const key = serviceKeyOf(service);
  const type = service.Type ?? null;
  const name = service.Name ?? '';
  const box = readBoxType(type);
  return {
    key,
    name,
    shortName: type === CLIENT_TYPE ? 'Clients' : box === 'type' ? typeLabel(name) : shortName(name, type),
    type,
    kind: box === 'type' ? kindOf(name) : box === null ? kindOf(type) : 'group',
    accountId: service.AccountId ?? null,
    root: service.Root === true,
    inferred: service.State === 'unknown',
    position: places[key] ?? { x: 0, y: 0 },
    active: activeOf(service),
    shares: sharesOf(service.SummaryStatistics),
    responseTimes: service.ResponseTimeHistogram ?? NONE,
    box,
    members: box === null ? [] : (service.Names ?? []),
  };
}

function mapEdge(from: MapNode, to: MapNode, edge: Edge): MapEdge {
  const shares = sharesOf(edge.SummaryStatistics);
  const link = edge.EdgeType === 'link';
  const responseTimes = edge.ResponseTimeHistogram ?? NONE;
  const ages = edge.ReceivedEventAgeHistogram ?? NONE;
  return { key: edgeKey(from.key, to.key), from, to, link, active: activeOf(edge), shares, responseTimes, ages };
}

function activeOf({ StartTime, EndTime }: Pick<Service, 'StartTime' | 'EndTime'>): TimeWindow | null {
  return StartTime === undefined || EndTime === undefined ? null : { startS: StartTime, endS: EndTime };
}

function connections(services: readonly Service[]): readonly (readonly [string, string])[] {
  const keys = new Map(services.map((service) => [service.ReferenceId, serviceKeyOf(service)]));
  return services.flatMap((service) =>
    (service.Edges ?? []).flatMap((edge) => {
      const to = keys.get(edge.ReferenceId);
      return to === undefined ? [] : [[serviceKeyOf(service), to] as const];
    }),
  );
}
