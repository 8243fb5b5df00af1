import { readPrivateText } from '../private-yaml.ts';
import { StartError } from '../start-error.ts';
import { parseKeyRing, type KeyRing, type KeyRingProblem } from './key-ring.ts';
import { KEY_FILE_BYTES_MAX, KEY_ID_CHARS_MAX, KEYS_MAX } from './limits.ts';

const SETTING = 'encryption-keys';

/** Rejects with a StartError that says what to mend, and never quotes a key. */
export async function readKeyFile(path: string): Promise<KeyRing> {
  const text = await readPrivateText(SETTING, path);
  if (text.length > KEY_FILE_BYTES_MAX) throw new StartError(`--${SETTING}: ${path} is too large to be a file of keys`);
  const ring = parseKeyRing(text);
  if (ring.ok) return ring.value;
  throw new StartError(`--${SETTING}: ${path}: ${describe(ring.problem)}: see docs/encryption.md`);
}

const EXPECTED = {
  'no-keys': 'there is no key in it',
  'too-many': `there are more than ${KEYS_MAX} keys in it`,
  'bad-line': 'expected an id, a space and a key in base64',
  'bad-id': `an id is up to ${KEY_ID_CHARS_MAX} letters, digits, "_", "." and "-"`,
  'reserved-id': '"latest" names the last key of the file: choose another id',
  'bad-key': 'a key is 32 bytes in base64, 44 characters',
  'repeated-id': 'the id is in the file already',
} as const satisfies Record<KeyRingProblem['code'], string>;

function describe({ code, line }: KeyRingProblem): string {
  return line === 0 ? EXPECTED[code] : `line ${line}: ${EXPECTED[code]}`;
}
