export interface Arns {
  readonly rule: (name: string) => string;
  /** Without an id for the Default group. */
  readonly group: (name: string, id: string | null) => string;
}

/**
 * arn   = "arn:aws:xray:" region ":" account ":" ( rule / group )
 * rule  = "sampling-rule/" name
 * group = "group/" name [ "/" id ]
 */
export function createArns({ region, accountId }: { readonly region: string; readonly accountId: string }): Arns {
  const prefix = `arn:aws:xray:${region}:${accountId}:`;
  return {
    rule: (name) => `${prefix}sampling-rule/${name}`,
    group: (name, id) => `${prefix}group/${name}${id === null ? '' : `/${id}`}`,
  };
}
