import { bad, ok, type Result } from '@fluoroscope/model';
import { parseChecked, printChecked, readWhole, replaceFile, type CheckedFileProblem } from '../checked-file.ts';
import { StartError } from '../start-error.ts';
import { FIRST_STATE, readControlState, type ControlState } from './control-state.ts';
import { CONTROL_FILE_BYTES_MAX } from './limits.ts';

/** A checked file whose content is a ControlState. Versions: 1, the first; without `encryption`, nothing is encrypted. */
const VERSION = 1;

export function printControlFile(state: ControlState): string {
  return printChecked(VERSION, state);
}

export function parseControlFile(text: string): Result<ControlState, CheckedFileProblem> {
  const content = parseChecked(text, VERSION);
  if (!content.ok) return content;
  const state = readControlState(content.value);
  return state === null ? bad('damaged') : ok(state);
}

/** The first state when there is no file. Throws StartError for one that cannot be understood: nothing is thrown away. */
export async function loadControlFile(path: string): Promise<ControlState> {
  const text = await readWhole(path, CONTROL_FILE_BYTES_MAX);
  if (text === null) return FIRST_STATE;
  const state = parseControlFile(text);
  if (state.ok) return state.value;
  throw new StartError(
    state.problem === 'newer-version'
      ? `--data-dir: ${path} was written by a newer version: start that one, or choose another folder`
      : `--data-dir: ${path} is damaged: put a copy of it back, or move it away to begin without the groups, sampling rules, tags and policies in it`,
  );
}

/** All of it or, after a crash, the old one; resolves once it is on stable storage. */
export async function saveControlFile(path: string, state: ControlState): Promise<void> {
  await replaceFile(path, printControlFile(state));
}
