import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** Lines of the journal that say nothing any more before it is written anew. */
const DEAD_LINES_MAX = 2_000;

/**
 * A map on disk: a journal of JSON lines `["put", key, value]` and `["delete", key]`, read at the start. A change is in the file when the
 * function returns; the end of the process loses nothing, that of the machine what the system has not written yet.
 * @param {string} path
 */
export function openDurableMap(path) {
  const entries = readJournal(path);
  let file = rewrite(path, entries);
  let deadLines = 0;

  function append(line) {
    writeSync(file, `${JSON.stringify(line)}\n`);
    if (deadLines <= DEAD_LINES_MAX) return;
    closeSync(file);
    file = rewrite(path, entries);
    deadLines = 0;
  }

  return {
    /** In the order in which keys were first put. */
    values: () => entries.values(),
    get: (key) => entries.get(key),
    size: () => entries.size,
    put(key, value) {
      if (entries.has(key)) deadLines += 1;
      entries.set(key, value);
      append(['put', key, value]);
    },
    delete(key) {
      if (!entries.delete(key)) return false;
      deadLines += 2;
      append(['delete', key]);
      return true;
    },
    close: () => closeSync(file),
  };
}

function readJournal(path) {
  const entries = new Map();
  for (const line of readIfThere(path).split('\n')) {
    const [verb, key, value] = readLine(line);
    if (verb === 'put') entries.set(key, value);
    if (verb === 'delete') entries.delete(key);
  }
  return entries;
}

/** The last line may be cut where the process ended. */
function readLine(line) {
  try {
    return line === '' ? [] : JSON.parse(line);
  } catch {
    return [];
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

function rewrite(path, entries) {
  const lines = [...entries].map(([key, value]) => `${JSON.stringify(['put', key, value])}\n`);
  writeFileSync(`${path}.new`, lines.join(''));
  renameSync(`${path}.new`, path);
  return openSync(path, 'a');
}
