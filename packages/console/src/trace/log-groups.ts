import type { Json } from '@fluoroscope/model';
import { objectOf, textOf } from './entity.ts';

export interface LogGroup {
  /** Empty when only an ARN was sent that has none. */
  readonly name: string;
  readonly arn: string | null;
}

/** More than a segment names; the raw document has the rest. */
const LOG_GROUPS_MAX = 100;
const ARN_NAME = /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/;

/** Of an aws block's `cloudwatch_logs`: `[{"log_group": NAME, "arn": ARN}]`, either may be missing. */
export function logGroupsOf(value: Json | undefined): readonly LogGroup[] {
  const found = new Map<string, LogGroup>();
  for (const item of Array.isArray(value) ? value.slice(0, LOG_GROUPS_MAX) : []) {
    const group = objectOf(item);
    const arn = textOf(group?.['arn']) ?? null;
    const name = textOf(group?.['log_group']) ?? ARN_NAME.exec(arn ?? '')?.[1] ?? '';
    if (name !== '' || arn !== null) found.set(`${name} ${arn ?? ''}`, { name, arn });
  }
  return [...found.values()];
}
