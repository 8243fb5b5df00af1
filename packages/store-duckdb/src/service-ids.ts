import { INTEGER, LIST, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { SERVICE_CACHE_MAX } from './limits.ts';
import { readQuery } from './sql-files.ts';
import { bindList, toNumber } from './values.ts';

/** A small number for each service, so that a fact holds numbers instead of names. Numbers are never reused. */
export interface ServiceIds {
  /** Of a transaction, before the first is learned in it. */
  begin(): void;
  /** Looks up or makes the numbers of all of these, in the running transaction. */
  learn(services: Iterable<ServiceKey>): Promise<void>;
  /** All of them, without a look into the store. */
  knows(services: readonly ServiceKey[]): boolean;
  /** Of a service learned or known in this transaction. */
  idOf(service: ServiceKey): number;
  /** What was learned since it began is forgotten: the transaction came to nothing. */
  rollBack(): void;
}

/** Numbers from `firstFreeId` on are free. */
export function createServiceIds(connection: DuckDBConnection, firstFreeId: number): ServiceIds {
  const findSql = readQuery('find-services');
  const insertSql = readQuery('insert-services');
  const ids = new Map<string, number>();
  // Of this transaction. One object stands in many facts, and its identity is a cheaper key than its parts.
  const idByObject = new Map<ServiceKey, number>();
  let nextId = firstFreeId;
  let committedNextId = firstFreeId;

  async function lookUp(unknown: ReadonlyMap<string, ServiceKey>): Promise<void> {
    const keys = [...unknown.keys()];
    const result = await connection.runAndReadAll(
      findSql,
      [...columnsOf([...unknown.values()]), bindList(keys.map((_key, place) => place))],
      [LIST(VARCHAR), LIST(VARCHAR), LIST(VARCHAR), LIST(INTEGER)],
    );
    for (const [id, place] of result.getRows()) {
      const key = keys[toNumber(place)];
      if (key !== undefined) ids.set(key, toNumber(id));
    }
  }

  async function insert(added: ReadonlyMap<string, ServiceKey>): Promise<void> {
    const firstId = nextId;
    for (const key of added.keys()) {
      ids.set(key, nextId);
      nextId += 1;
    }
    const services = [...added.values()];
    await connection.run(
      insertSql,
      [bindList(services.map((_service, index) => firstId + index)), ...columnsOf(services)],
      [LIST(INTEGER), LIST(VARCHAR), LIST(VARCHAR), LIST(VARCHAR)],
    );
  }

  function knows(service: ServiceKey): boolean {
    if (idByObject.has(service)) return true;
    const id = ids.get(cacheKey(service));
    if (id === undefined) return false;
    idByObject.set(service, id);
    return true;
  }

  return {
    begin() {
      committedNextId = nextId;
      if (ids.size > SERVICE_CACHE_MAX) ids.clear();
      idByObject.clear();
    },
    knows: (services) => services.every(knows),
    async learn(services) {
      const pending = new Map<ServiceKey, string>();
      for (const service of services) {
        if (!pending.has(service) && !knows(service)) pending.set(service, cacheKey(service));
      }
      if (pending.size === 0) return;
      const unknown = new Map([...pending].map(([service, key]) => [key, service]));
      await lookUp(unknown);
      const added = new Map([...unknown].filter(([key]) => !ids.has(key)));
      if (added.size > 0) await insert(added);
      for (const [service, key] of pending) idByObject.set(service, ids.get(key) ?? 0);
    },
    idOf(service) {
      const id = idByObject.get(service);
      if (id === undefined) throw new StoreError('failed', `the service ${service.name} was not learned`);
      return id;
    },
    rollBack() {
      ids.clear();
      nextId = committedNextId;
    },
  };
}

/** Unambiguous whatever the parts contain, and cheaper than JSON: length of the name, of the type, then all parts. */
function cacheKey({ name, type, accountId }: ServiceKey): string {
  return `${name.length},${type === null ? '-' : type.length},${accountId === null ? '-' : '+'}${name}${type ?? ''}${accountId ?? ''}`;
}

function columnsOf(services: readonly ServiceKey[]): ReturnType<typeof bindList>[] {
  return [
    bindList(services.map(({ name }) => name)),
    bindList(services.map(({ type }) => type)),
    bindList(services.map(({ accountId }) => accountId)),
  ];
}
