import type { RootCauseNode } from '../filter/ast.ts';
import type { RootCauses } from '../root-causes/find-root-causes.ts';

/** One element of the list that a `rootcause.…` goes through; what its list does not have is null or false. */
export interface CauseItem {
  /** From 0, in the list of one cause. */
  readonly index: number;
  readonly count: number;
  readonly name: string | null;
  readonly type: string | null;
  readonly accountId: string | null;
  readonly message: string | null;
  readonly inferred: boolean;
  readonly root: boolean;
  readonly remote: boolean;
  readonly coverage: number | null;
}

type Item = Omit<CauseItem, 'index' | 'count'>;

/**
 * The lists of all causes of one kind: of each cause its services from the entry point down, or the entities of all
 * of them one after another, or these entities' exceptions, likewise.
 */
export function causeItems(causes: RootCauses, { cause, list }: RootCauseNode): readonly CauseItem[] {
  const lists = cause === 'responsetime' ? causes.responseTime.map(servicesOf) : causes[cause].map(servicesOf);
  return lists.flatMap((services) => numbered(itemsOf(services, list)));
}

interface Service {
  readonly Name?: string;
  readonly Type?: string;
  readonly AccountId?: string;
  readonly Inferred?: boolean;
  readonly EntityPath?: readonly CauseEntity[];
}

interface CauseEntity {
  readonly Name?: string;
  readonly Remote?: boolean;
  readonly Coverage?: number;
  readonly Exceptions?: readonly { readonly Name?: string; readonly Message?: string }[];
}

function servicesOf({ Services = [] }: { readonly Services?: readonly Service[] }): readonly Service[] {
  return Services;
}

function itemsOf(services: readonly Service[], list: RootCauseNode['list']): readonly Item[] {
  if (list === 'service') return services.map(serviceItem);
  const entities = services.flatMap(({ EntityPath = [] }) => EntityPath);
  return list === 'entity' ? entities.map(entityItem) : entities.flatMap(exceptionItems);
}

const EMPTY: Item = {
  name: null,
  type: null,
  accountId: null,
  message: null,
  inferred: false,
  root: false,
  remote: false,
  coverage: null,
};

function serviceItem({ Name, Type, AccountId, Inferred }: Service, at: number): Item {
  // Every path begins at the entry point.
  return {
    ...EMPTY,
    name: Name ?? null,
    type: Type ?? null,
    accountId: AccountId ?? null,
    inferred: Inferred === true,
    root: at === 0,
  };
}

function entityItem({ Name, Remote, Coverage }: CauseEntity): Item {
  return { ...EMPTY, name: Name ?? null, remote: Remote === true, coverage: Coverage ?? null };
}

function exceptionItems({ Exceptions = [], Remote }: CauseEntity): readonly Item[] {
  return Exceptions.map(({ Name, Message }): Item => ({
    ...EMPTY,
    name: Name ?? null,
    message: Message ?? null,
    remote: Remote === true,
  }));
}

function numbered(items: readonly Item[]): readonly CauseItem[] {
  return items.map((item, index): CauseItem => Object.assign({ index, count: items.length }, item));
}
