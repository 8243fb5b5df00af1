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
