import { TRUSTED_SERVICES_MAX, type ServiceTrust } from '@fluoroscope/api';
import type { ServiceArrival } from '../events/service-arrivals.ts';
import type { OrphanCounts } from './orphans.ts';

/**
 * What came and what recent traces lack, of each service. Those that sent before this process started are there too. Beyond
 * the bound they are added to what has no service of its own, so that nothing is missing from the sums.
 */
export function servicesOf(
  arrivals: readonly ServiceArrival[],
  orphans: ReadonlyMap<string | null, OrphanCounts>,
  servicesMax: number = TRUSTED_SERVICES_MAX,
): readonly ServiceTrust[] {
  const arrived = new Map(arrivals.map((arrival) => [arrival.name, arrival]));
  const rows = Array.from(new Set([...arrived.keys(), ...orphans.keys()]), (name): ServiceTrust => {
    const { receivedCount = 0, refusedCount = 0, droppedCount = 0, lateCount = 0 } = arrived.get(name) ?? {};
    const { count: recentCount = 0, orphanCount = 0 } = orphans.get(name) ?? {};
    return { name, receivedCount, refusedCount, droppedCount, lateCount, recentCount, orphanCount };
  });
  const named = rows
    .filter(({ name }) => name !== null)
    .sort((a, b) => b.receivedCount - a.receivedCount || b.recentCount - a.recentCount);
  const others = [...rows.filter(({ name }) => name === null), ...named.slice(servicesMax)];
  return [...named.slice(0, servicesMax), ...(others.length === 0 ? [] : [others.reduce(addUp, NOTHING)])];
}

const NOTHING: ServiceTrust = {
  name: null,
  receivedCount: 0,
  refusedCount: 0,
  droppedCount: 0,
  lateCount: 0,
  recentCount: 0,
  orphanCount: 0,
};

function addUp(a: ServiceTrust, b: ServiceTrust): ServiceTrust {
  return {
    name: null,
    receivedCount: a.receivedCount + b.receivedCount,
    refusedCount: a.refusedCount + b.refusedCount,
    droppedCount: a.droppedCount + b.droppedCount,
    lateCount: a.lateCount + b.lateCount,
    recentCount: a.recentCount + b.recentCount,
    orphanCount: a.orphanCount + b.orphanCount,
  };
}
