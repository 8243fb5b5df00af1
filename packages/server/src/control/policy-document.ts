import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';

/** What is looked at of a resource policy; other members are kept and not judged. */
export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly everybody: boolean;
  readonly actions: readonly string[];
  readonly conditional: boolean;
}

/** One text, or several. */
const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const principal = z.union([
  z.literal('*'),
  z.record(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), texts.optional()),
]);

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal,
  Action: texts,
  Resource: texts.optional(),
  Condition: z.object({}).optional(),
});

const document = z.object({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Statement: z.union([statement, z.array(statement).min(1)]),
});

/**
 * document  = { "Version"?, "Statement": statement / [ 1*statement ] }
 * statement = { "Effect": "Allow" / "Deny", "Principal", "Action", "Resource"?, "Condition"?, … }
 */
export function readPolicyDocument(text: string): Result<PolicyDocument, string> {
  const parsed = document.safeParse(readJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'no policy'}`.trim());
  }
  const { Statement } = parsed.data;
  return ok({ statements: (Array.isArray(Statement) ? Statement : [Statement]).map(toStatement) });
}

/** Whether it would keep everybody from mending it: its only unconditional Deny that reaches them matters. */
export function locksOut({ statements }: PolicyDocument): boolean {
  return statements.some(
    ({ effect, everybody, actions, conditional }) =>
      effect === 'Deny' && everybody && !conditional && actions.some(coversPutResourcePolicy),
  );
}

function toStatement({ Effect, Principal, Action, Condition }: z.infer<typeof statement>): PolicyStatement {
  const accounts = Principal === '*' ? '*' : (Principal.AWS ?? []);
  return {
    effect: Effect,
    everybody: [accounts].flat().includes('*'),
    actions: [Action].flat(),
    conditional: Condition !== undefined,
  };
}

/** Actions end in `*` at most, in any letter case. */
function coversPutResourcePolicy(action: string): boolean {
  const name = 'xray:putresourcepolicy';
  const wanted = action.toLowerCase();
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
