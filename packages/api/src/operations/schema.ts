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

/** Seconds since 1970, whole or with a fraction (XRAY-SPEC §4.1). */
export const timestamp: z.ZodType<number> = z.number();

export const count: z.ZodType<number> = z.int().min(0);
