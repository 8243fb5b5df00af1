import { printServiceKey, type ServiceKey } from '@fluoroscope/model';
import { SERVICE_KEYS_CHARS_MAX, SERVICE_NAMES_MAX } from './limits.ts';

/** A node's key with its printed form, which is its identity. */
export interface ServiceRef {
  readonly key: ServiceKey;
  readonly text: string;
}

/** Equal keys mostly give the same object: that saves memory and printing; identity is `text` all the same. */
export type ServiceRefs = (name: string, type: string | null, accountId: string | null) => ServiceRef;

export function createServiceRefs(): ServiceRefs {
  const byName = new Map<string, ServiceRef[]>();
  let chars = 0;

  return (name, type, accountId) => {
    const known = byName.get(name);
    for (const ref of known ?? NO_REFS) {
      if (ref.key.type === type && ref.key.accountId === accountId) return ref;
    }
    const key: ServiceKey = { name, type, accountId };
    const ref: ServiceRef = { key, text: printServiceKey(key) };
    if (known !== undefined && known.length >= REFS_OF_NAME_MAX) return ref;
    chars += ref.text.length;
    if (chars > SERVICE_KEYS_CHARS_MAX || byName.size >= SERVICE_NAMES_MAX) {
      byName.clear();
      chars = ref.text.length;
    }
    const refs = byName.get(name);
    if (refs === undefined) byName.set(name, [ref]);
    else refs.push(ref);
    return ref;
  };
}

const NO_REFS: readonly ServiceRef[] = [];

/** One name with thousands of types or accounts is an attack on the scan above. */
const REFS_OF_NAME_MAX = 16;
