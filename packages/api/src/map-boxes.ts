import { CLIENT_TYPE } from '@fluoroscope/model';
import type { Edge, HistogramEntry, Service, SummaryStatistics } from './shapes.ts';

/** What nodes of the map can be gathered by: their type, their Kubernetes namespace, an X-Ray group, or how their names begin. */
export const BOX_KINDS = ['type', 'namespace', 'group', 'prefix'] as const;
export type BoxKind = (typeof BOX_KINDS)[number];

/** How nodes are gathered. */
export interface Boxing {
  readonly by: BoxKind;
  /** Of kind `group`; a node is in the first that names it. */
  readonly groups: readonly BoxGroup[];
}

/** An X-Ray group, and the services that its expression names. */
export interface BoxGroup {
  readonly name: string;
  readonly services: readonly ServiceSelector[];
}

/** A node of the map; null matches any. */
export interface ServiceSelector {
  readonly name: string | null;
  readonly type: string | null;
  readonly accountId: string | null;
}

/** A box stands in the graph as a service of this type; its name is the box's label. */
const BOX_TYPE = 'box';
/** One node alone needs no box. */
const MEMBERS_MIN = 2;
/** Types of services that run in a cluster: names of tables and hosts have dots that mean something else. */
const HOSTED = /^AWS::(?:EC2::Instance|ECS|EKS|ElasticBeanstalk)/;
/** namespaced = name "." namespace [ ".svc" …] | namespace "/" name   ; the forms of Istio and of OpenTelemetry */
const NAMESPACED = /^(?:[a-z0-9-]+\.(?<after>[a-z0-9-]+)(?:\.svc(?:\..+)?)?|(?<before>[^/:]+)\/[^/]+)$/i;

export function boxType(by: BoxKind): string {
  return `${BOX_TYPE}:${by}`;
}

/** What a box gathers by; null for a service that is none. */
export function readBoxType(type: string | null): BoxKind | null {
  return BOX_KINDS.find((by) => boxType(by) === type) ?? null;
}

type ServiceName = Pick<Service, 'Name' | 'Type' | 'AccountId'>;

/** Label of the box that a service belongs to; null when it stands alone, as clients do. */
export function boxLabelOf(service: ServiceName, { by, groups }: Boxing): string | null {
  const { Name = '', Type = '' } = service;
  if (Type === CLIENT_TYPE) return null;
  if (by === 'type') return Type === '' ? null : Type;
  if (by === 'group')
    return groups.find(({ services }) => services.some((one) => isSelected(service, one)))?.name ?? null;
  if (by === 'prefix') return /^[^-_./:]+(?=[-_./:])/.exec(lastPart(Name))?.[0] ?? null;
  if (Type !== '' && !HOSTED.test(Type)) return null;
  const found = NAMESPACED.exec(Name)?.groups;
  return found?.['after'] ?? found?.['before'] ?? null;
}

function isSelected({ Name, Type, AccountId }: ServiceName, { name, type, accountId }: ServiceSelector): boolean {
  return (
    (name === null || name === Name) &&
    (type === null || type === Type) &&
    (accountId === null || accountId === AccountId)
  );
}

/** A queue's name is its whole URL; people know it by the last part. */
function lastPart(name: string): string {
  return /^(?:https?|arn):/.test(name) ? (name.split(/[/:]/).findLast((part) => part !== '') ?? name) : name;
}

/**
 * The graph with every box of at least two services, whose label is not in `open`, as one service: counts, times and
 * histograms are sums over its members, edges within it are left out, parallel ones added up.
 */
export function collapseServices(
  services: readonly Service[],
  boxing: Boxing,
  open: ReadonlySet<string>,
): readonly Service[] {
  const boxes = collectBoxes(services, boxing, open);
  const boxed = new Map([...boxes.values()].flatMap((box) => box.members.map((member) => [member, box] as const)));
  const target = new Map<number | undefined, number | undefined>();
  for (const service of services) {
    const box = boxed.get(service);
    target.set(service.ReferenceId, box === undefined ? service.ReferenceId : box.members[0]?.ReferenceId);
  }
  const shown: Service[] = [];
  for (const service of services) {
    const box = boxed.get(service);
    if (box !== undefined && box.members[0] !== service) continue;
    const members = box?.members ?? [service];
    const Edges = mergeEdges(service.ReferenceId, members, target, box !== undefined);
    shown.push(box === undefined ? { ...service, Edges } : { ...mergeMembers(box, boxing.by), Edges });
  }
  return shown;
}

interface MapBox {
  readonly label: string;
  readonly members: Service[];
}

/** By label, those that are shown as boxes. */
function collectBoxes(
  services: readonly Service[],
  boxing: Boxing,
  open: ReadonlySet<string>,
): ReadonlyMap<string, MapBox> {
  const boxes = new Map<string, MapBox>();
  for (const service of services) {
    const label = boxLabelOf(service, boxing);
    if (label === null || open.has(label)) continue;
    const box = boxes.get(label) ?? { label, members: [] };
    box.members.push(service);
    boxes.set(label, box);
  }
  return new Map([...boxes].filter(([, { members }]) => members.length >= MEMBERS_MIN));
}

function mergeMembers({ label, members }: MapBox, by: BoxKind): Service {
  const [first] = members;
  return {
    ...(first?.ReferenceId !== undefined && { ReferenceId: first.ReferenceId }),
    Name: label,
    Names: members.map(({ Name = '' }) => Name),
    Type: boxType(by),
    ...(members.some(({ Root }) => Root === true) && { Root: true }),
    State: members.every(({ State }) => State === 'unknown') ? 'unknown' : 'active',
    ...spanOf(members),
    SummaryStatistics: sumStatistics(members),
    ResponseTimeHistogram: sumHistograms(members.map(({ ResponseTimeHistogram }) => ResponseTimeHistogram)),
  };
}

/** From the first of any of them to the last. */
function spanOf(parts: readonly Span[]): Span {
  const starts = parts.flatMap(({ StartTime }) => StartTime ?? []);
  const ends = parts.flatMap(({ EndTime }) => EndTime ?? []);
  return {
    ...(starts.length > 0 && { StartTime: starts.reduce((least, time) => Math.min(least, time)) }),
    ...(ends.length > 0 && { EndTime: ends.reduce((most, time) => Math.max(most, time)) }),
  };
}

type Span = Pick<Service, 'StartTime' | 'EndTime'>;

function mergeEdges(
  source: number | undefined,
  members: readonly Service[],
  target: ReadonlyMap<number | undefined, number | undefined>,
  isBox: boolean,
): readonly Edge[] {
  const parallel = new Map<string, Edge[]>();
  for (const edge of members.flatMap(({ Edges }) => Edges ?? [])) {
    const to = target.get(edge.ReferenceId);
    if (to === undefined || (isBox && to === source)) continue;
    const key = `${to} ${edge.EdgeType ?? ''}`;
    parallel.set(key, [...(parallel.get(key) ?? []), Object.assign({}, edge, { ReferenceId: to })]);
  }
  return [...parallel.values()].flatMap((edges) => {
    const [first] = edges;
    if (first === undefined || edges.length === 1) return edges;
    return Object.assign({}, first, spanOf(edges), {
      SummaryStatistics: sumStatistics(edges),
      ResponseTimeHistogram: sumHistograms(edges.map(({ ResponseTimeHistogram }) => ResponseTimeHistogram)),
      ReceivedEventAgeHistogram: sumHistograms(edges.map((edge) => edge.ReceivedEventAgeHistogram)),
    });
  });
}

function sumStatistics(parts: readonly Pick<Service, 'SummaryStatistics'>[]): SummaryStatistics {
  const sum = (read: (statistics: SummaryStatistics) => number | undefined): number =>
    parts.reduce((total, { SummaryStatistics: statistics = {} }) => total + (read(statistics) ?? 0), 0);
  const [error, throttle] = [
    sum((it) => it.ErrorStatistics?.OtherCount),
    sum((it) => it.ErrorStatistics?.ThrottleCount),
  ];
  const fault = sum((it) => it.FaultStatistics?.TotalCount);
  return {
    OkCount: sum((it) => it.OkCount),
    ErrorStatistics: { OtherCount: error, ThrottleCount: throttle, TotalCount: error + throttle },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: sum((it) => it.TotalCount),
    TotalResponseTime: sum((it) => it.TotalResponseTime),
  };
}

function sumHistograms(histograms: readonly (readonly HistogramEntry[] | undefined)[]): readonly HistogramEntry[] {
  const counts = new Map<number, number>();
  for (const histogram of histograms)
    for (const { Value, Count } of histogram ?? [])
      if (Value !== undefined && Count !== undefined) counts.set(Value, (counts.get(Value) ?? 0) + Count);
  return [...counts].map(([Value, Count]) => ({ Value, Count }));
}
