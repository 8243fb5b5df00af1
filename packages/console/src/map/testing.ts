import type { Edge, HistogramEntry, Service } from '@fluoroscope/api';
import type { MapGraph } from './graph.ts';
import { mapGraph } from './graph.ts';
import { serviceKeyOf } from './services.ts';

/** `a>b>c d`: chains of calls, nodes by name; `client:a` is the client of a. For tests. */
export function drawServices(
  text: string,
  figures: Readonly<Record<string, Partial<Service>>> = {},
): readonly Service[] {
  const chains = text.split(' ').map((chain) => chain.split('>'));
  const names = [...new Set(chains.flat())];
  return names.map((name, ReferenceId) => {
    const targets = chains.flatMap((chain) => chain.filter((_, at) => chain[at - 1] === name));
    const Edges = [...new Set(targets)].map((target): Edge =>
      Object.assign({ ReferenceId: names.indexOf(target) }, figures[`${name}>${target}`]),
    );
    const type = name.startsWith('client:') ? { Type: 'client' } : {};
    return Object.assign({ ReferenceId, Name: name.replace('client:', ''), Edges }, type, figures[name]);
  });
}

/** The same in a row, one map unit after another. */
export function drawGraph(text: string, figures: Readonly<Record<string, Partial<Service>>> = {}): MapGraph {
  const services = drawServices(text, figures);
  return mapGraph(services, Object.fromEntries(services.map((service, x) => [serviceKeyOf(service), { x, y: 0 }])));
}

export function keyOf(name: string): string {
  return JSON.stringify([name, null, null]);
}

/** So many requests that all took `seconds`, some of them faults. */
export function requests(count: number, seconds: number, faults = 0): Partial<Service> & Partial<Edge> {
  const histogram: readonly HistogramEntry[] = [{ Value: seconds, Count: count }];
  return {
    SummaryStatistics: {
      OkCount: count - faults,
      FaultStatistics: { OtherCount: faults, TotalCount: faults },
      TotalCount: count,
      TotalResponseTime: count * seconds,
    },
    ResponseTimeHistogram: histogram,
  };
}
