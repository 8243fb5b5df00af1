import type { Alias, Edge, Service, ServiceId, SummaryStatistics } from '@fluoroscope/api';
import {
  CLIENT_TYPE,
  printServiceKey,
  readLinkSource,
  shownSource,
  secondsFromUs,
  type ServiceKey,
} from '@fluoroscope/model';
import type { GraphSums, OutcomeCounts } from '@fluoroscope/store';
import { addFigures, noFigures, type Figures } from './figures.ts';
import { NO_ENTRIES, WireHistogram } from './wire-histogram.ts';

/** Its histograms are packed. */
export type GraphService = Service<WireHistogram>;

/** Readers divide counts by the time between start and end (XRAY-SPEC §4.5). */
const SPAN_SECONDS_MIN = 0.001;

interface Node {
  readonly key: ServiceKey;
  readonly text: string;
  readonly figures: Figures;
  readonly edges: Map<string, GraphEdge>;
  isActive: boolean;
  isRoot: boolean;
}

interface GraphEdge {
  readonly target: Node;
  readonly figures: Figures;
  readonly aliases: Set<string>;
  /** From a queue or topic to who received: its figures are the ages of messages. */
  readonly isLink: boolean;
}

/**
 * A graph as X-Ray prints it (XRAY-SPEC §4.2, §6). A node that is known from an edge only is there too, so that
 * every edge leads somewhere. Reference ids follow the order of the nodes' keys: equal sums, equal answer.
 */
export function toServices(sums: GraphSums): readonly GraphService[] {
  const nodes = gatherNodes(sums);
  const sorted = [...nodes.values()].sort((a, b) => compareTexts(a.text, b.text));
  const references = new Map<Node, number>(sorted.map((node, at) => [node, at]));
  return sorted.map((node, at) => toService(node, at, references));
}

/** How ServiceIds name a node anywhere in the API. */
export function toServiceId({ name, type, accountId }: ServiceKey): ServiceId {
  return {
    Name: name,
    Names: [name],
    ...(accountId !== null && { AccountId: accountId }),
    ...(type !== null && { Type: type }),
  };
}

function gatherNodes(sums: GraphSums): Map<string, Node> {
  const nodes = new Map<string, Node>();

  function nodeOf(key: ServiceKey): Node {
    const text = printServiceKey(key);
    let node = nodes.get(text);
    if (node === undefined) {
      node = { key, text, figures: noFigures(), edges: new Map(), isActive: false, isRoot: false };
      nodes.set(text, node);
    }
    return node;
  }

  for (const sum of sums.nodes) {
    const node = nodeOf(sum.service);
    addFigures(node.figures, sum);
    node.isActive ||= sum.state === 'active';
    node.isRoot ||= sum.root;
  }
  for (const sum of sums.edges) {
    const isLink = readLinkSource(sum.source) !== null;
    const source = nodeOf(shownSource(sum.source));
    const target = nodeOf(sum.target);
    // Only what sends segments calls others, whether or not its segments ended in this range.
    source.isActive ||= !isLink && source.key.type !== CLIENT_TYPE;
    const edgeKey = isLink ? `${target.text}?link` : target.text;
    const edge = source.edges.get(edgeKey) ?? { target, figures: noFigures(), aliases: new Set<string>(), isLink };
    source.edges.set(edgeKey, edge);
    addFigures(edge.figures, sum);
    for (const alias of sum.aliases) edge.aliases.add(alias);
  }
  widenToEdges(nodes.values(), new Set(sums.nodes.map((sum) => printServiceKey(sum.service))));
  return nodes;
}

/** A node without observations of its own was there when its edges were. */
function widenToEdges(nodes: Iterable<Node>, observed: ReadonlySet<string>): void {
  for (const node of nodes) {
    for (const { target, figures } of node.edges.values()) {
      for (const end of [node, target]) {
        if (observed.has(end.text)) continue;
        end.figures.startUs = Math.min(end.figures.startUs, figures.startUs);
        end.figures.endUs = Math.max(end.figures.endUs, figures.endUs);
      }
    }
  }
}

function toService(node: Node, reference: number, references: ReadonlyMap<Node, number>): GraphService {
  const { figures, key } = node;
  const histogram = new WireHistogram(figures.histogram);
  const isClient = key.type === CLIENT_TYPE;
  const edges = [...node.edges.values()]
    .map((edge) => toEdge(edge, references.get(edge.target) ?? 0))
    .sort((a, b) => (a.ReferenceId ?? 0) - (b.ReferenceId ?? 0));
  return {
    ReferenceId: reference,
    ...toServiceId(key),
    ...(node.isRoot && { Root: true }),
    State: node.isActive ? 'active' : 'unknown',
    ...toSpan(figures),
    Edges: edges,
    ...(!isClient && {
      SummaryStatistics: toStatistics(figures),
      DurationHistogram: histogram,
      ResponseTimeHistogram: histogram,
    }),
  };
}

function toEdge({ target, figures, aliases, isLink }: GraphEdge, reference: number): Edge<WireHistogram> {
  const histogram = new WireHistogram(figures.histogram);
  if (isLink) {
    return {
      ReferenceId: reference,
      ...toSpan(figures),
      EdgeType: 'link',
      SummaryStatistics: {},
      ResponseTimeHistogram: NO_ENTRIES,
      ReceivedEventAgeHistogram: histogram,
      Aliases: [],
    };
  }
  return {
    ReferenceId: reference,
    ...toSpan(figures),
    SummaryStatistics: toStatistics(figures),
    ResponseTimeHistogram: histogram,
    Aliases: [...aliases].sort(compareTexts).map((name) => toAlias(name, target.key)),
  };
}

function toAlias(name: string, { type }: ServiceKey): Alias {
  return { Name: name, Names: [name], ...(type !== null && { Type: type }) };
}

function toSpan({ startUs, endUs }: Figures): { StartTime: number; EndTime: number } {
  const start = secondsFromUs(startUs);
  return { StartTime: start, EndTime: Math.max(secondsFromUs(endUs), start + SPAN_SECONDS_MIN) };
}

function toStatistics({ counts, totalDurationUs }: Figures): SummaryStatistics {
  return {
    OkCount: counts.ok,
    ErrorStatistics: {
      ThrottleCount: counts.throttle,
      OtherCount: counts.error,
      TotalCount: counts.throttle + counts.error,
    },
    FaultStatistics: { OtherCount: counts.fault, TotalCount: counts.fault },
    TotalCount: completedCount(counts),
    TotalResponseTime: secondsFromUs(totalDurationUs),
  };
}

function completedCount({ ok, error, throttle, fault }: OutcomeCounts): number {
  return ok + error + throttle + fault;
}

/** By UTF-16 units: the same on every machine, unlike a locale's order. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
