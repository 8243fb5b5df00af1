import { join } from 'node:path';
import { parseStoreUrl } from '@fluoroscope/store-clickhouse';
import { z } from 'zod';
import { storeDirOf } from './inspect-folder.ts';
import { readPrivateYaml } from './private-yaml.ts';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';
import { STORE_THREADS } from './storage/limits.ts';
import type { StoreChoice } from './storage/open-store.ts';

const SETTING = 'store-credentials';

/**
 *   username:
 *   password:
 */
const FORM = z.strictObject({ username: z.string().min(1), password: z.string() });

/** ClickHouse's own, of a server that nobody has set up. */
const NO_CREDENTIALS = { username: 'default', password: '' };

/** Where the last sequence known to be stored is remembered, for a start while the store is away. */
const STORED_FILE = 'stored-sequence';

/** Which store the storage thread opens. Rejects with a StartError that says what to mend. */
export async function chooseStore(settings: Settings): Promise<StoreChoice> {
  const { dataDir, storeUrl, storeCredentials, storeMemory } = settings;
  const dir = storeDirOf(dataDir);
  if (storeUrl === null) return { kind: 'embedded', dir, memoryBytes: storeMemory, threads: STORE_THREADS };
  const place = parseStoreUrl(storeUrl);
  if (!place.ok) {
    throw new StartError(
      `--store-url: ${storeUrl} is not http://HOST:PORT[/DATABASE][?cluster=NAME] (${place.problem}): see docs/clickhouse.md`,
    );
  }
  const credentials = storeCredentials === null ? NO_CREDENTIALS : await readCredentials(storeCredentials);
  return { kind: 'clickhouse', url: storeUrl, credentials, dir, storedFile: join(dataDir, STORED_FILE) };
}

async function readCredentials(path: string): Promise<z.infer<typeof FORM>> {
  const form = FORM.safeParse(await readPrivateYaml(SETTING, path));
  if (form.success) return form.data;
  throw new StartError(
    `--${SETTING}: ${path} must have \`username\` and \`password\`, both text: see docs/clickhouse.md`,
  );
}
