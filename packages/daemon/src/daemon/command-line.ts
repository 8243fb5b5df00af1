import { bad, ok, type Result } from '@fluoroscope/model/result';
import { DAEMON_SETTINGS, type DaemonSettingName } from './settings-table.ts';

export interface CommandLine {
  readonly values: ReadonlyMap<DaemonSettingName, string>;
  readonly wantsHelp: boolean;
  /** Behind the flags; AWS's daemon pays no heed to it either. */
  readonly rest: readonly string[];
}

/**
 *   line  = *flag [ "--" ] *word        ; the first word that is no flag ends the flags
 *   flag  = ( "-" / "--" ) name [ "=" value / SP value ]
 *
 * As Go's flag package reads it: one dash or two mean the same, letters do not combine, and a switch takes its value
 * only behind "=". The problem says what is wrong, in one line.
 */
export function parseCommandLine(argv: readonly string[]): Result<CommandLine, string> {
  const values = new Map<DaemonSettingName, string>();
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const [, name, inline] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) break;
    if (name === 'h' || name === 'help') return ok({ values, wantsHelp: true, rest: [] });
    const setting = findFlag(name);
    if (setting === undefined) return bad(`flag provided but not defined: -${name}`);
    const { kind } = DAEMON_SETTINGS[setting];
    const value = inline ?? (kind === 'switch' ? 'true' : argv[(at += 1)]);
    if (value === undefined) return bad(`flag needs an argument: -${name}`);
    values.set(setting, value);
  }
  if (argv[at] === '--') at += 1;
  return ok({ values, wantsHelp: false, rest: argv.slice(at) });
}

const FLAGS: ReadonlyMap<string, DaemonSettingName> = new Map(
  settingNames().flatMap((name) => {
    const { flag, short } = DAEMON_SETTINGS[name];
    return [flag, short].flatMap((spelling) => (spelling === null ? [] : [[spelling, name] as const]));
  }),
);

function findFlag(name: string): DaemonSettingName | undefined {
  return FLAGS.get(name);
}

export function settingNames(): readonly DaemonSettingName[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table's own keys
  return Object.keys(DAEMON_SETTINGS) as DaemonSettingName[];
}
