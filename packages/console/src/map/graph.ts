import type { Edge, HistogramEntry, Position, Positions, Service } from '@fluoroscope/api';
import { CLIENT_TYPE, printServiceKey } from '@fluoroscope/model';
import { kindOf, type NodeKind, shortName } from './kind.ts';
import { layered } from './layered.ts';
import { type Shares, sharesOf } from './shares.ts';

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
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
}

export interface MapEdge {
  readonly key: string;
  readonly from: MapNode;
  readonly to: MapNode;
  /** Asynchronous: the receiver began a trace of its own. */
  readonly link: boolean;
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export const EMPTY_GRAPH: MapGraph = { nodes: [], edges: [] };

export function serviceKeyOf(service: Pick<Service, 'Name' | 'Type' | 'AccountId'>): string {
  const { Name, Type, AccountId } = service;
  return printServiceKey({ name: Name ?? '', type: Type ?? null, accountId: AccountId ?? null });
}

function edgeKey(from: string, to: string): string {
  return `${from}→${to}`;
}

/** Joins services and places. A node without a place (a trace's own graph) is put into layers. */
export function mapGraph(services: readonly Service[], positions: Positions): MapGraph {
  const places = services.every((service) => positions[serviceKeyOf(service)] !== undefined)
    ? positions
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

function mapNode(service: Service, places: Positions): MapNode {
  const key = serviceKeyOf(service);
  const type = service.Type ?? null;
  const name = service.Name ?? '';
  return {
    key,
    name,
    shortName: type === CLIENT_TYPE ? 'Clients' : shortName(name, type),
    type,
    kind: kindOf(type),
    accountId: service.AccountId ?? null,
    root: service.Root === true,
    inferred: service.State === 'unknown',
    position: places[key] ?? { x: 0, y: 0 },
    shares: sharesOf(service.SummaryStatistics),
    responseTimes: service.ResponseTimeHistogram ?? [],
  };
}

function mapEdge(from: MapNode, to: MapNode, edge: Edge): MapEdge {
  const shares = sharesOf(edge.SummaryStatistics);
  const link = edge.EdgeType === 'link';
  return { key: edgeKey(from.key, to.key), from, to, link, shares, responseTimes: edge.ResponseTimeHistogram ?? [] };
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
