import { z } from 'zod';

// No `new Function`: the same schemas must run under a strict Content-Security-Policy.
z.config({ jitless: true });

/** Absent, or null as some clients write it. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Counts the list before looking at any item, so that a huge list of bad items costs one problem and not a million. */
export function listOf<T>(item: z.ZodType<T>, itemsMax: number, itemsMin = 0): z.ZodType<readonly T[]> {
  return z.array(z.unknown()).min(itemsMin).max(itemsMax).pipe(z.array(item));
}

export function text(charsMax: number, charsMin = 0): z.ZodType<string> {
  return z.string().min(charsMin).max(charsMax);
}

/** All of the text has this form. */
export function textLike(form: RegExp, charsMax: number, expected: string): z.ZodType<string> {
  return z.string().max(charsMax).regex(form, `expected ${expected}`);
}

export function integer(min: number, max: number): z.ZodType<number> {
  return z.int().min(min).max(max);
}

export function real(min: number, max: number): z.ZodType<number> {
  return z.number().min(min).max(max);
}

/** Texts by name. */
export function textMap(
  membersMax: number,
  key: z.ZodType<string>,
  value: z.ZodType<string>,
): z.ZodType<Readonly<Record<string, string>>> {
  return (
    z
      .custom<Readonly<Record<string, unknown>>>(isRecord, 'expected texts by name')
      .refine((map) => Object.keys(map).length <= membersMax, `at most ${membersMax} members`)
      .superRefine((map, context) => {
        for (const [name, item] of Object.entries(map)) {
          const problem = key.safeParse(name).error ?? value.safeParse(item).error;
          if (problem !== undefined)
            context.addIssue({ code: 'custom', path: [name], message: problem.issues[0]?.message ?? '' });
        }
      })
      // A name like __proto__ must stay a name.
      .transform((map) => Object.fromEntries(Object.entries(map).map(([name, item]) => [name, String(item)])))
  );
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Seconds since 1970, whole or with a fraction (XRAY-SPEC §4.1). */
export const timestamp: z.ZodType<number> = z.number();

export const count: z.ZodType<number> = z.int().min(0);
