import { bad, ok, type Result } from '@fluoroscope/model';
import type { z } from 'zod';

/**
 * One operation of X-Ray's API. `name` is the same in the contract, the handler, its test, the docs and the
 * metric label. Always POST (XRAY-SPEC §4.1). Unknown members of the input are ignored.
 */
export interface Operation<Name extends string, Input> {
  readonly name: Name;
  readonly path: `/${string}`;
  readonly input: z.ZodType<Input>;
}

/** The problem names the member and what was expected of it. */
export function parseInput<Input>(schema: z.ZodType<Input>, body: unknown): Result<Input, string> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue === undefined) return bad('the input does not fit');
  const member = issue.path.map(printStep).join('').replace(/^\./, '');
  return bad(member === '' ? issue.message : `${member}: ${issue.message}`);
}

function printStep(step: PropertyKey): string {
  return typeof step === 'number' ? `[${step}]` : `.${String(step)}`;
}
