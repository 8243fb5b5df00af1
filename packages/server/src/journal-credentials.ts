import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { KafkaCredentials } from '@fluoroscope/journal';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { StartError } from './start-error.ts';

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
  await refuseOpenFile(path);
  const form = FORM.safeParse(await readYaml(path));
  if (!form.success) {
    const expected = '`mechanism`, `username` and `password`, or none of them, and `tls`';
    throw new StartError(`--journal-credentials: ${path} must have ${expected}: see docs/kafka.md`);
  }
  const { mechanism, username, password, tls } = form.data;
  const hasUser = mechanism !== undefined && username !== undefined && password !== undefined;
  return {
    sasl: hasUser ? { mechanism, username, password } : null,
    tls: tls === false ? null : { ca: tls === true ? null : await readText(resolve(dirname(path), tls.ca)) },
  };
}

/** A password that others can read is nobody's secret. */
async function refuseOpenFile(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const found = await stat(path).catch((cause: unknown) => {
    throw new StartError(`--journal-credentials: ${path} cannot be read`, { cause });
  });
  if ((found.mode & 0o077) !== 0) {
    throw new StartError(`--journal-credentials: ${path} is readable by others: chmod 600 it`);
  }
}

async function readYaml(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new StartError(`--journal-credentials: ${path} is not YAML`, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartError(`--journal-credentials: ${path} cannot be read`, { cause });
  }
}
