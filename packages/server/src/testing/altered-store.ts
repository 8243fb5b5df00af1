import type { TraceStore } from '@fluoroscope/store';

/** Tests only: the store itself, but for these methods. */
export function alterStore(store: TraceStore, altered: Partial<TraceStore>): TraceStore {
  return new Proxy(store, {
    get(target, name) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a name that is in neither gives undefined
      const key = name as keyof TraceStore;
      if (altered[key] !== undefined) return altered[key];
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
