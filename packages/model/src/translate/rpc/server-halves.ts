import type { RpcSpan } from './rpc-span.ts';

/** Spans that wait for a server's half to turn up, and halves that wait for their children: some seconds of traffic. */
export const REMEMBERED_SPANS_MAX = 8_192;
/** Of one parent: more children are left where they are. */
const CHILDREN_MAX = 256;

export interface ServerHalves {
  /**
   * The same spans, with those that belong below a server's half marked so; and again, marked, those of earlier calls
   * whose parent turns out to be such a half: their documents replace the first ones.
   */
  place(spans: readonly RpcSpan[]): readonly RpcSpan[];
}

/**
 * In B3 both halves of a call may share an id (XRAY-SPEC §11.4). The server's gets an id of its own, so its children, which
 * name the shared id as their parent, must be moved. They often arrive first: children end before their parents.
 *
 * A span is a child of the server's half when that half's service reported it. Nothing is remembered until the first such half
 * is seen, since most senders share no ids and remembering doubles the cost of a span; and what is older than
 * `REMEMBERED_SPANS_MAX` spans is forgotten. A child that is missed so stays below the client's half.
 */
export function createServerHalves(spansMax: number = REMEMBERED_SPANS_MAX): ServerHalves {
  let young: Generation = newGeneration();
  let old: Generation = newGeneration();
  let isSharing = false;

  function makeRoom(): void {
    if (young.count < spansMax / 2) return;
    old = young;
    young = newGeneration();
  }

  function addHalf(half: RpcSpan, placed: RpcSpan[]): void {
    const key = keyOf(half, half.id);
    makeRoom();
    young.halves.set(key, half.service);
    young.count += 1;
    for (const { children } of [old, young]) {
      for (const child of children.get(key) ?? []) {
        if (child.service === half.service) placed.push({ ...child, isBelowServerHalf: true });
      }
      children.delete(key);
    }
  }

  function addChild(child: RpcSpan): RpcSpan {
    if (child.parentId === null || child.isShared || child.kind === 'server') return child;
    const key = keyOf(child, child.parentId);
    const service = young.halves.get(key) ?? old.halves.get(key);
    if (service !== undefined) return service === child.service ? { ...child, isBelowServerHalf: true } : child;
    makeRoom();
    const children = young.children.get(key);
    if (children === undefined) young.children.set(key, [child]);
    else if (children.length < CHILDREN_MAX) children.push(child);
    young.count += 1;
    return child;
  }

  return {
    place(spans) {
      isSharing ||= spans.some((span) => span.isShared);
      if (!isSharing) return spans;
      const placed: RpcSpan[] = [];
      for (const span of spans) if (span.isShared) addHalf(span, placed);
      for (const span of spans) placed.push(addChild(span));
      return placed;
    },
  };
}

interface Generation {
  /** Services by trace and shared id. */
  readonly halves: Map<string, string>;
  /** Spans by trace and parent. */
  readonly children: Map<string, RpcSpan[]>;
  count: number;
}

function newGeneration(): Generation {
  return { halves: new Map(), children: new Map(), count: 0 };
}

function keyOf({ traceId }: RpcSpan, id: string): string {
  return traceId + id;
}
