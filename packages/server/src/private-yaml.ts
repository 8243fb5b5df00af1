import { readFile, stat } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { StartError } from './start-error.ts';

/** What a file of credentials holds. Rejects with a StartError that names the setting and says what to mend. */
export async function readPrivateYaml(setting: string, path: string): Promise<unknown> {
  const text = await readPrivateText(setting, path);
  try {
    return parseYaml(text);
  } catch {
    // The parser's own words quote the file.
    throw new StartError(`--${setting}: ${path} is not YAML`);
  }
}

export async function readPrivateText(setting: string, path: string): Promise<string> {
  await refuseOpenFile(setting, path);
  return readText(setting, path);
}

export async function readText(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartError(`--${setting}: ${path} cannot be read`, { cause });
  }
}

/** A password that others can read is nobody's secret. */
async function refuseOpenFile(setting: string, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const found = await stat(path).catch((cause: unknown) => {
    throw new StartError(`--${setting}: ${path} cannot be read`, { cause });
  });
  if ((found.mode & 0o077) !== 0) {
    throw new StartError(`--${setting}: ${path} is readable by others: chmod 600 it`);
  }
}
