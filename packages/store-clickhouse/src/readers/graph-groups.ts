import { timeUs, type ServiceKey, type TimeUs } from '@fluoroscope/model';
import {
  StoreError,
  toHistogram,
  type EdgeSum,
  type GraphSums,
  type NodeSum,
  type OutcomeCounts,
} from '@fluoroscope/store';
import type { Row } from '../connection.ts';
import { outcomeOfName, roleOfName } from '../encode/fact-codes.ts';
import { toList, toNumber, toText } from './values.ts';

/** Facts of one node or edge in one period, as they are summed up. */
interface Group {
  readonly role: string;
  readonly source: string;
  readonly target: string;
  readonly counts: Record<keyof OutcomeCounts, number>;
  totalDurationUs: number;
  readonly histogram: Map<number, number>;
  startUs: TimeUs;
  endUs: TimeUs;
  readonly aliases: Map<string, number>;
}

/** Puts together what several statements, or one in several pieces, say of the same groups. */
export interface GraphGroups {
  /** A row as sql/queries/graph-cells.sql gives it. */
  addCell(row: Row): void;
  /** A row as sql/queries/graph-aliases.sql gives it. */
  addAlias(row: Row): void;
  /** By the number of the period; only what counts something. */
  sums(): ReadonlyMap<number, GraphSums>;
}

export function createGraphGroups(): GraphGroups {
  const periods = new Map<number, Map<string, Group>>();

  function groupOf(period: number, role: string, source: string, target: string): Group {
    const groups = periods.get(period) ?? new Map<string, Group>();
    periods.set(period, groups);
    const key = JSON.stringify([role, source, target]);
    const group = groups.get(key) ?? createGroup(role, source, target);
    groups.set(key, group);
    return group;
  }

  return {
    addCell([period, role, source, target, outcomeName, factCount, durationUs, startUs, endUs, buckets, counts]) {
      const group = groupOf(toNumber(period), toText(role), toText(source), toText(target));
      const outcome = outcomeOfName(toText(outcomeName));
      group.counts[outcome] += toNumber(factCount);
      group.startUs = timeUs(Math.min(group.startUs, toNumber(startUs)));
      group.endUs = timeUs(Math.max(group.endUs, toNumber(endUs)));
      if (outcome === 'pending') return;
      group.totalDurationUs += toNumber(durationUs);
      const countOf = toList(counts, toNumber);
      for (const [at, bucketUs] of toList(buckets, toNumber).entries())
        addTo(group.histogram, bucketUs, countOf[at] ?? 0);
    },
    addAlias([period, source, target, alias, factCount]) {
      const group = groupOf(toNumber(period), 'edge', toText(source), toText(target));
      addTo(group.aliases, toText(alias), toNumber(factCount));
    },
    sums() {
      const sums = [...periods].map(([period, groups]) => [period, toSums([...groups.values()])] as const);
      return new Map(sums.filter(([, { nodes, edges }]) => nodes.length + edges.length > 0));
    },
  };
}

function createGroup(role: string, source: string, target: string): Group {
  return {
    role,
    source,
    target,
    counts: { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 },
    totalDurationUs: 0,
    histogram: new Map(),
    startUs: timeUs(Infinity),
    endUs: timeUs(-Infinity),
    aliases: new Map(),
  };
}

function addTo<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function toSums(groups: readonly Group[]): GraphSums {
  const nodes: NodeSum[] = [];
  const edges: EdgeSum[] = [];
  const standing = groups.filter(({ counts }) => Object.values(counts).some((count) => count !== 0));
  for (const { role: name, source, target, aliases, histogram, ...sums } of standing) {
    const role = roleOfName(name);
    const fields = { ...sums, histogram: toHistogram(histogram) };
    if (role === 'edge') {
      const known = [...aliases].filter(([, count]) => count > 0).map(([alias]) => alias);
      edges.push({ source: toService(source), target: toService(target), aliases: known.sort(), ...fields });
    } else {
      nodes.push({ service: toService(target), ...role, ...fields });
    }
  }
  return { nodes, edges };
}

/** A service's key as `printServiceKey` wrote it. */
function toService(text: string): ServiceKey {
  const parts: unknown = JSON.parse(text);
  const [name, type, accountId] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  if (typeof name !== 'string' || !isTextOrNull(type) || !isTextOrNull(accountId)) {
    throw new StoreError('corrupt', `a stored service is ${text}`);
  }
  return { name, type, accountId };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
