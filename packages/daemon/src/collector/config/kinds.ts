import { z } from 'zod';

// No `new Function`, as in the rest of the program.
z.config({ jitless: true });

export interface ListenAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3_600e3 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;

/** In milliseconds. duration = 1*( number unit ), as Go has it: `200ms`, `1m30s`; `0` needs no unit. */
export const duration: z.ZodType<number> = z
  .union([z.string(), z.literal(0)], { error: 'expected a duration such as 200ms or 1m30s' })
  .transform((text, context) => {
    if (text === 0 || text === '0') return 0;
    if (!DURATION.test(text)) {
      context.addIssue({ code: 'custom', message: 'expected a duration such as 200ms or 1m30s' });
      return z.NEVER;
    }
    let ms = 0;
    for (const [, digits, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
      ms += Number(digits) * (UNIT_MS[unit] ?? 0);
    }
    return ms;
  });

const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i;
const ADDRESS_EXPECTED = 'expected host:port such as localhost:4317';

/** Where to listen; port 0 is any free one. */
export const listenAddress: z.ZodType<ListenAddress> = z
  .string({ error: ADDRESS_EXPECTED })
  .transform((text, context) => {
    const [, ipv6, name, digits] = ADDRESS.exec(text) ?? [];
    const host = ipv6 ?? name;
    const port = Number(digits);
    if (host !== undefined && port <= 65_535) return { host, port };
    context.addIssue({ code: 'custom', message: ADDRESS_EXPECTED });
    return z.NEVER;
  });

export function printAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `http` or `https`. */
export const url: z.ZodType<string> = z
  .string({ error: 'expected a URL such as http://localhost:4318' })
  .refine(
    (text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text),
    'expected a URL such as http://localhost:4318',
  );

export function integer(min: number, max: number): z.ZodType<number> {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.int({ error: expected }).min(min, expected).max(max, expected);
}

export const percentage: z.ZodType<number> = z
  .number({ error: 'expected a number from 0 to 100' })
  .min(0, 'expected a number from 0 to 100')
  .max(100, 'expected a number from 0 to 100');

export const text: z.ZodType<string> = z.string({ error: 'expected a text' }).min(1, 'expected a text').max(4_096);

export const headers: z.ZodType<Readonly<Record<string, string>>> = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/i, 'expected a name of a header'),
  z.string({ error: 'expected a text' }).regex(/^[\t\x20-\x7e]*$/, 'expected a value of a header'),
);

/** Go's flags in front, and its classes by name, which would mean something else here. */
const GO_FLAGS = /^\(\?([is]+)\)/;
const POSIX_CLASS = /\[\[:\^?[a-z]+:\]/;

/** Flags as for RegExp. */
export function pattern(flags: string): z.ZodType<RegExp> {
  return text.transform((source, context) => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (POSIX_CLASS.test(source))
      return refuse('expected a regular expression of JavaScript, which has no [[:class:]]');
    const [front = '', own = ''] = GO_FLAGS.exec(source) ?? [];
    try {
      return new RegExp(source.slice(front.length), flags + [...new Set(own)].join(''));
    } catch {
      return refuse('expected a regular expression of JavaScript');
    }
  });
}

/** What stands as an empty key in YAML is an object with nothing in it. */
export function orEmpty<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((value) => value ?? {}, schema);
}
