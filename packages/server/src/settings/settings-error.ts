export type SettingsErrorCode = 'bad-setting' | 'unknown-setting' | 'bad-flag' | 'unreadable-config' | 'unsafe-listen';

export interface SettingProblem {
  readonly code: SettingsErrorCode;
  /** Null when the command line as a whole could not be read. */
  readonly setting: string | null;
  readonly value: string;
  /** Where the value was given. */
  readonly from: string;
  readonly expected: string;
}

/** The program ends with exit 2 and this message. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code: SettingsErrorCode;

  constructor(problem: SettingProblem, options?: ErrorOptions) {
    super(`[${problem.code}] ${printProblem(problem)}`, options);
    this.code = problem.code;
  }
}

function printProblem({ setting, value, from, expected }: SettingProblem): string {
  if (setting === null) return `${expected} (run with --help for the flags)`;
  return `${setting} is "${printable(value)}" (from ${from}); expected ${expected}`;
}

// Settings come from files and environments of others; a terminal must not obey what they contain.
function printable(value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return value.slice(0, 200).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD');
}
