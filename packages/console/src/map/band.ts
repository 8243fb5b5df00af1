import { quoted } from '../summaries/filter-error.ts';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';
import type { SettledOutcome } from './shares.ts';

/** A part of a response-time histogram, both ends included. */
export interface Band {
  readonly fromS: number;
  readonly toS: number;
}

/** Ends between two microseconds would leave out what stands on them. */
const DIGITS = 6;

/** Services or connections that one expression asks for: those of boxes can be many. */
const TERMS_MAX = 40;

/**
 * What traces must have: passing the node, or calling over the edge, in that time and with one of these outcomes. A box stands for each
 * of its nodes; null when those are too many to ask for.
 */
export function filterOf(
  item: MapNode | MapEdge,
  band: Band | null,
  outcomes: ReadonlySet<SettledOutcome>,
  graph: MapGraph,
): string | null {
  const conditions = [bandCondition(band), outcomeCondition(outcomes)].filter((part) => part !== '');
  const inside = conditions.length === 0 ? '' : ` { ${conditions.join(' AND ')} }`;
  const terms = partsOf(item, graph).map((part) => `${part}${inside}`);
  if (terms.length > TERMS_MAX) return null;
  return terms.length > 1 ? `(${terms.join(' OR ')})` : terms.join('');
}

function partsOf(item: MapNode | MapEdge, graph: MapGraph): readonly string[] {
  const services = (node: MapNode) => selectorsOf(node, graph).map((one) => `service(${one})`);
  if (!('from' in item)) return services(item);
  // A client is no segment: what it asked for is the service's own time.
  if (item.from.type === 'client') return services(item.to);
  const to = selectorsOf(item.to, graph);
  return selectorsOf(item.from, graph).flatMap((one) => to.map((other) => `edge(${one}, ${other})`));
}

/** The same for a map of a group's traces only. */
export function inGroup(filter: string, group: string | null): string {
  return group === null ? filter : `group.name = ${quoted(group)} AND ${filter}`;
}

/** The name alone where no other node but a client has it. */
function selectorsOf({ key, name, type, box, members }: MapNode, { nodes }: MapGraph): readonly string[] {
  if (box === 'type') return [`id(type: ${quoted(name)})`];
  if (box !== null) return [...new Set(members)].map(quoted);
  const shared = nodes.some((other) => other.key !== key && other.name === name && other.type !== 'client');
  if (!shared || type === null) return [quoted(name)];
  return [`id(name: ${quoted(name)}, type: ${quoted(type)})`];
}

/** Empty: every time. */
export function bandCondition(band: Band | null): string {
  return band === null ? '' : `responsetime >= ${print(band.fromS)} AND responsetime <= ${print(band.toS)}`;
}

function outcomeCondition(outcomes: ReadonlySet<SettledOutcome>): string {
  const words = (['ok', 'error', 'throttle', 'fault'] as const).filter((outcome) => outcomes.has(outcome));
  const text = words.join(' OR ');
  return words.length > 1 ? `(${text})` : text;
}

function print(seconds: number): string {
  return String(Number(seconds.toFixed(DIGITS)));
}
