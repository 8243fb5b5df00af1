import type { Edge, Service } from '@fluoroscope/api';
import { printServiceKey } from '@fluoroscope/model';

export function serviceKeyOf(service: Pick<Service, 'Name' | 'Type' | 'AccountId'>): string {
  const { Name, Type, AccountId } = service;
  return printServiceKey({ name: Name ?? '', type: Type ?? null, accountId: AccountId ?? null });
}

/**
 * The nodes and edges of both graphs, without any figures. References are those of the answer: they are made anew, since
 * those of two graphs have nothing to do with each other.
 */
export function unionServices(a: readonly Service[], b: readonly Service[]): readonly Service[] {
  const services = new Map<string, Service>();
  const edges = new Map<string, Map<string, { readonly to: string; readonly edge: Edge }>>();
  for (const graph of [a, b]) {
    const keys = keysByReference(graph);
    for (const service of graph) {
      const key = serviceKeyOf(service);
      const known = services.get(key);
      services.set(key, { ...bareService(service), ...(known?.Root === true && { Root: true }) });
      const own = edges.get(key) ?? new Map<string, { readonly to: string; readonly edge: Edge }>();
      edges.set(key, own);
      for (const edge of service.Edges ?? []) {
        const to = keys.get(edge.ReferenceId);
        if (to !== undefined) own.set(edgeIdentity(to, edge), { to, edge });
      }
    }
  }
  const references = new Map([...services.keys()].map((key, index) => [key, index]));
  return Array.from(services, ([key, service], index) => ({
    ...service,
    ReferenceId: index,
    Edges: Array.from(edges.get(key)?.values() ?? [], ({ to, edge }) => bareEdge(edge, references.get(to))),
  }));
}

/** The nodes and edges of `shape` with the figures of `figures`; what is not in these is quiet. */
export function withFigures(shape: readonly Service[], figures: readonly Service[]): readonly Service[] {
  const byKey = new Map(figures.map((service) => [serviceKeyOf(service), service]));
  const keysOfShape = keysByReference(shape);
  const keysOfFigures = keysByReference(figures);
  return shape.map((service) => {
    const found = byKey.get(serviceKeyOf(service));
    const calls = new Map(
      (found?.Edges ?? []).map((edge) => [edgeIdentity(keysOfFigures.get(edge.ReferenceId) ?? '', edge), edge]),
    );
    const Edges = (service.Edges ?? []).map((edge) => {
      const call = calls.get(edgeIdentity(keysOfShape.get(edge.ReferenceId) ?? '', edge));
      return Object.assign({}, call, bareEdge(edge, edge.ReferenceId));
    });
    return Object.assign({}, found, bareService(service), { ReferenceId: service.ReferenceId ?? 0, Edges });
  });
}

function keysByReference(services: readonly Service[]): ReadonlyMap<number | undefined, string> {
  return new Map(services.map((service) => [service.ReferenceId, serviceKeyOf(service)]));
}

function edgeIdentity(to: string, { EdgeType = '' }: Edge): string {
  return `${EdgeType} ${to}`;
}

function bareService({ Name, Names, Type, AccountId, State, Root }: Service): Service {
  return {
    ...(Name !== undefined && { Name }),
    ...(Names !== undefined && { Names }),
    ...(Type !== undefined && { Type }),
    ...(AccountId !== undefined && { AccountId }),
    ...(State !== undefined && { State }),
    ...(Root !== undefined && { Root }),
  };
}

function bareEdge({ EdgeType }: Edge, reference: number | undefined): Edge {
  return {
    ...(reference !== undefined && { ReferenceId: reference }),
    ...(EdgeType !== undefined && { EdgeType }),
  };
}
