import { dirname, resolve } from 'node:path';
import type { KafkaCredentials } from '@fluoroscope/journal';
import { z } from 'zod';
import { readPrivateYaml, readText } from './private-yaml.ts';
import { StartError } from './start-error.ts';

const SETTING = 'journal-credentials';

/**
 *   mechanism: PLAIN / SCRAM-SHA-256 / SCRAM-SHA-512     left out, with username and password: no authentication
 *   username:
 *   password:
 *   tls: true / false / { ca: PATH }                     PATH from the file's own folder
 */
const FORM = z
  .strictObject({
    mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    tls: z.union([z.boolean(), z.strictObject({ ca: z.string() })]).default(false),
  })
  .refine(({ mechanism, username, password }) => {
    const given = [mechanism, username, password].filter((value) => value !== undefined);
    return given.length === 0 || given.length === 3;
  });

/** Rejects with a StartError that says what to mend. */
export async function readJournalCredentials(path: string | null): Promise<KafkaCredentials | null> {
  if (path === null) return null;
  const form = FORM.safeParse(await readPrivateYaml(SETTING, path));
  if (!form.success) {
    const expected = '`mechanism`, `username` and `password`, or none of them, and `tls`';
    throw new StartError(`--journal-credentials: ${path} must have ${expected}: see docs/kafka.md`);
  }
  const { mechanism, username, password, tls } = form.data;
  const hasUser = mechanism !== undefined && username !== undefined && password !== undefined;
  return {
    sasl: hasUser ? { mechanism, username, password } : null,
    tls: tls === false ? null : { ca: tls === true ? null : await readText(SETTING, resolve(dirname(path), tls.ca)) },
  };
}
