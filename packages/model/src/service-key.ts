/** Identity of a node of the service graph: three parts, since a client node has its service's name (XRAY-SPEC §6.1). */
export interface ServiceKey {
  readonly name: string;
  /** `AWS::EC2::Instance`, `AWS::DynamoDB::Table`, `remote`, `client`, …; null when a segment has no origin. */
  readonly type: string | null;
  readonly accountId: string | null;
}

/** One string for one key, for maps and for the console's URLs and kept positions. */
export function printServiceKey(key: ServiceKey): string {
  return JSON.stringify([key.name, key.type, key.accountId]);
}

export const CLIENT_TYPE = 'client';

/**
 * The client of a segment that names a parent nobody has seen yet: shown as a client (XRAY-SPEC §6.4), but told
 * apart in the sums, since mostly the parent is only late.
 */
export const UNRESOLVED_CLIENT_TYPE = 'client?';

const LINK_MARK = '?link';

/**
 * The source of an edge from a queue or topic to who received a message: told apart in the sums, since such an edge
 * counts the ages of messages, not the times of calls (XRAY-SPEC §6.7).
 */
export function toLinkSource(key: ServiceKey): ServiceKey {
  return { ...key, type: `${key.type ?? ''}${LINK_MARK}` };
}

/** The node that a source of an edge is drawn as. */
export function shownSource(key: ServiceKey): ServiceKey {
  if (key.type === UNRESOLVED_CLIENT_TYPE) return { ...key, type: CLIENT_TYPE };
  return readLinkSource(key) ?? key;
}

/** The queue or topic of `toLinkSource`; null for the source of any other edge. */
export function readLinkSource(key: ServiceKey): ServiceKey | null {
  const { type } = key;
  return type?.endsWith(LINK_MARK) === true ? { ...key, type: type.slice(0, -LINK_MARK.length) } : null;
}
