import { parseInput } from '@fluoroscope/api/operations';
import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';

/** What is looked at of a resource policy; other members are kept and not judged. */
export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Account ids, ARNs of their roots, key ids, or `*`. */
  readonly principals: readonly string[];
  /** With wildcards, in lower case. */
  readonly actions: readonly string[];
  /** ARNs with wildcards. */
  readonly resources: readonly string[];
  readonly conditional: boolean;
}

export interface PolicyQuestion {
  /** Null for a sender without a key. */
  readonly keyId: string | null;
  /** xray:PutTraceSegments */
  readonly action: string;
  /** The ARN of what the request names; null when it names nothing. */
  readonly resource: string | null;
}

/** `silent`: no statement is about it. */
export type PolicyVerdict = 'allow' | 'deny' | 'silent';

/** One text, or several. */
const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: 'expected a text, or a list of texts',
});
const principal = z.union(
  [z.literal('*'), z.record(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), texts.optional())],
  { error: 'expected "*", or an object with AWS, Service, Federated or CanonicalUser' },
);

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal,
  Action: texts,
  Resource: texts.optional(),
  Condition: z.object({}).optional(),
  // Passed over, they would turn a statement into its opposite.
  NotPrincipal: z.undefined({ error: 'is not taken: name the principals' }).optional(),
  NotAction: z.undefined({ error: 'is not taken: name the actions' }).optional(),
  NotResource: z.undefined({ error: 'is not taken: name the resources' }).optional(),
});

const document = z.object({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  // One alone is a list of one: a problem then has the place of its member.
  Statement: z.preprocess((value) => (isObject(value) ? [value] : value), z.array(statement).min(1)),
});

/**
 * document  = { "Version"?, "Statement": statement / [ 1*statement ] }
 * statement = { "Effect": "Allow" / "Deny", "Principal", "Action", "Resource"?, "Condition"?, … }
 */
export function readPolicyDocument(text: string): Result<PolicyDocument, string> {
  const value = readJson(text);
  if (value === undefined) return bad('expected JSON, found other text');
  const parsed = parseInput(document, value);
  return parsed.ok ? ok({ statements: parsed.value.Statement.map(toStatement) }) : parsed;
}

/**
 * A Deny that fits wins over every Allow. Conditions cannot be judged here, so they are taken for the stricter case: a
 * conditional Allow allows nothing, a conditional Deny denies.
 */
export function judgePolicies(
  documents: readonly PolicyDocument[],
  question: PolicyQuestion & { readonly accountId: string },
): PolicyVerdict {
  let verdict: PolicyVerdict = 'silent';
  for (const one of documents.flatMap(({ statements }) => statements)) {
    if (!fits(one, question)) continue;
    if (one.effect === 'Deny') return 'deny';
    if (!one.conditional) verdict = 'allow';
  }
  return verdict;
}

/** Whether it would keep everybody from mending it. */
export function locksOut({ statements }: PolicyDocument): boolean {
  return statements.some(
    ({ effect, principals, actions }) =>
      effect === 'Deny' &&
      principals.includes('*') &&
      actions.some((action) => isLike('xray:putresourcepolicy', action)),
  );
}

function fits(
  { principals, actions, resources }: PolicyStatement,
  { keyId, action, resource, accountId }: PolicyQuestion & { readonly accountId: string },
): boolean {
  const names = keyId === null ? [] : [keyId, accountId, `arn:aws:iam::${accountId}:root`];
  return (
    principals.some((name) => name === '*' || names.includes(name)) &&
    actions.some((wanted) => isLike(action.toLowerCase(), wanted)) &&
    resources.some((wanted) => isLike(resource ?? '*', wanted))
  );
}

function toStatement({ Effect, Principal, Action, Resource, Condition }: z.infer<typeof statement>): PolicyStatement {
  return {
    effect: Effect,
    principals: [Principal === '*' ? '*' : (Principal.AWS ?? [])].flat(),
    actions: [Action].flat().map((action) => action.toLowerCase()),
    resources: [Resource ?? '*'].flat(),
    conditional: Condition !== undefined,
  };
}

/** like = *( "*" any text / "?" one character / a character )   ; in time that grows with the product of both lengths */
function isLike(text: string, wanted: string): boolean {
  let at = 0;
  let wantedAt = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (wanted[wantedAt] === '*') {
      star = wantedAt;
      starAt = at;
      wantedAt += 1;
    } else if (wantedAt < wanted.length && (wanted[wantedAt] === '?' || wanted[wantedAt] === text[at])) {
      at += 1;
      wantedAt += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      wantedAt = star + 1;
    } else {
      return false;
    }
  }
  return wanted.slice(wantedAt).replaceAll('*', '') === '';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
