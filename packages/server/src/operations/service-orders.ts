import { randomInt } from 'node:crypto';
import type { Service } from '@fluoroscope/api';
import { printServiceKey } from '@fluoroscope/model';
import type { GraphService } from '@fluoroscope/query';

/** Which service had which number on the first page of a graph: edges name services by number, and each page is computed anew. */
export interface ServiceOrders {
  /** The order of these is kept; the id to ask for it by. */
  keep(services: readonly GraphService[]): number;

  /**
   * The graph as it is now, under the numbers it began with. Services that have come since follow behind; one that has gone is
   * there without edges and statistics, since edges on other pages may lead to it. Null for an order that is not kept any more.
   */
  renumber(id: number, services: readonly GraphService[]): readonly GraphService[] | null;
}

/** `servicesMax`: of all orders together; beyond it those that were not asked for the longest are forgotten. */
export function createServiceOrders(servicesMax: number): ServiceOrders {
  const orders = new Map<number, Map<string, GraphService>>();
  let keptCount = 0;

  function letGo(id: number): void {
    keptCount -= orders.get(id)?.size ?? 0;
    orders.delete(id);
  }

  function hold(id: number, order: Map<string, GraphService>): void {
    orders.set(id, order);
    keptCount += order.size;
    for (const oldest of orders.keys()) {
      if (keptCount <= servicesMax) break;
      letGo(oldest);
    }
  }

  return {
    keep(services) {
      // Not counted up: a token of an earlier process must not find an order of this one.
      const id = randomInt(ID_MAX);
      hold(id, new Map(services.map((service) => [keyOf(service), nameOf(service)])));
      return id;
    },
    renumber(id, services) {
      const order = orders.get(id);
      if (order === undefined) return null;
      letGo(id);
      const present = new Map(services.map((service) => [keyOf(service), service]));
      for (const [key, service] of present) if (!order.has(key)) order.set(key, nameOf(service));
      hold(id, order);
      return inOrder(order, present);
    },
  };
}

const ID_MAX = 2 ** 48 - 1;

function inOrder(
  order: ReadonlyMap<string, GraphService>,
  present: ReadonlyMap<string, GraphService>,
): readonly GraphService[] {
  const keys = [...order.keys()];
  const numbers = new Map<number | undefined, number>();
  for (const [at, key] of keys.entries()) {
    const service = present.get(key);
    if (service !== undefined) numbers.set(service.ReferenceId, at);
  }
  const renumbered: GraphService[] = [];
  for (const [key, gone] of order) {
    const service = present.get(key) ?? gone;
    const edges: NonNullable<GraphService['Edges']>[number][] = [];
    for (const edge of service.Edges ?? []) edges.push({ ...edge, ReferenceId: numbers.get(edge.ReferenceId) ?? 0 });
    renumbered.push({ ...service, ReferenceId: renumbered.length, Edges: edges });
  }
  return renumbered;
}

function keyOf({ Name = '', Type, AccountId }: Service<unknown>): string {
  return printServiceKey({ name: Name, type: Type ?? null, accountId: AccountId ?? null });
}

function nameOf({ Name = '', Names = [Name], Type, AccountId }: Service<unknown>): GraphService {
  return {
    Name,
    Names,
    ...(AccountId !== undefined && { AccountId }),
    ...(Type !== undefined && { Type }),
    State: 'unknown',
  };
}
