import { environmentName, SETTINGS, type Setting } from '../settings.ts';

const LINE_CHARS_MAX = 100;

/** The flags, for `fluoroscope serve --help`. */
export function helpText(): string {
  const lines: string[] = [];
  for (const setting of Object.values(SETTINGS)) {
    lines.push(`  --${setting.name}${placeholder(setting)}`);
    lines.push(
      ...wrap(`${setting.prose} ${printStandard(setting)}`, LINE_CHARS_MAX - 6).map((line) => `      ${line}`),
    );
  }
  lines.push(
    '',
    'Each is also a variable (--data-dir: FLUOROSCOPE_DATA_DIR) and a key in fluoroscope.yaml (data-dir).',
  );
  lines.push('A flag counts before the environment, the environment before the file.');
  return lines.join('\n');
}

/** docs/configuration.md; a test holds the file equal to this. */
export function configurationMarkdown(): string {
  const lines = [
    '# Configuration',
    '',
    'Made from the table in `packages/server/src/settings.ts`; change that, then run `npx vitest run packages/server -u`.',
    '',
    'Each setting is a flag of `fluoroscope serve`, a variable in the environment and a key in `fluoroscope.yaml` in the folder',
    'it is started from (`--config` names another file). A flag counts before the environment, the environment before the file,',
    'the file before the default. A value that cannot be used ends the program with exit code 2 and a message that names it.',
    '',
    '| flag and key | environment | default | what it does |',
    '| --- | --- | --- | --- |',
  ];
  for (const setting of Object.values(SETTINGS)) {
    const cells = [
      `\`--${setting.name}\``,
      `\`${environmentName(setting)}\``,
      setting.standard === '' ? 'none' : `\`${setting.standard}\``,
      `${setting.prose} Expects ${setting.kind.expected}.`,
    ];
    lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  }
  const example = ['', 'As a file:', '', '```yaml', 'http-listen: 127.0.0.1:2000', 'data-dir: /var/lib/fluoroscope'];
  return [
    ...lines,
    ...example,
    'allowed-hosts: [fluoroscope.internal, traces.example:8080]',
    'segment-max-age: 30d',
    '```',
    '',
  ].join('\n');
}

function placeholder(setting: Setting<unknown>): string {
  return setting === SETTINGS.allowUnauthenticated ? '' : ' VALUE';
}

function printStandard(setting: Setting<unknown>): string {
  return setting.standard === '' ? '' : `(${setting.standard})`;
}

function wrap(text: string, charsMax: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    if (line !== '' && line.length + word.length >= charsMax) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
