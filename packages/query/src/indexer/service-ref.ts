import { printServiceKey, type ServiceKey } from '@fluoroscope/model';
import { SERVICE_NAMES_MAX } from './limits.ts';

/** A node's key with its printed form, which is its identity. */
export interface ServiceRef {
  readonly key: ServiceKey;
  readonly text: string;
}

/** Equal keys mostly give the same object: that saves memory and printing; identity is `text` all the same. */
export type ServiceRefs = (name: string, type: string | null, accountId: string | null) => ServiceRef;

export function createServiceRefs(): ServiceRefs {
  const byName = new Map<string, ServiceRef[]>();

  return (name, type, accountId) => {
    let refs = byName.get(name);
    if (refs === undefined) {
      if (byName.size >= SERVICE_NAMES_MAX) byName.clear();
      refs = [];
      byName.set(name, refs);
    }
    for (const ref of refs) if (ref.key.type === type && ref.key.accountId === accountId) return ref;
    const key: ServiceKey = { name, type, accountId };
    const ref: ServiceRef = { key, text: printServiceKey(key) };
    if (refs.length < REFS_OF_NAME_MAX) refs.push(ref);
    return ref;
  };
}

/** One name with thousands of types or accounts is an attack on the scan above. */
const REFS_OF_NAME_MAX = 16;
