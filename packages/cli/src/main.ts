#!/usr/bin/env node
import { demo } from './commands/demo.ts';
import { explainCommand } from './commands/explain.ts';
import { keysCommand } from './commands/keys.ts';
import { serveCommand } from './commands/serve.ts';
import { storeCommand } from './commands/store.ts';
import { VERSION } from './version.ts';

/** Takes what follows the command's name; resolves with the exit code when the command has ended. */
type Command = (argv: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly does: string }>> = {
  serve: { run: serveCommand, does: 'receive, keep and show traces: everything in one process' },
  demo: { run: demo, does: 'run the sample shop with traffic against a running server' },
  explain: { run: explainCommand, does: 'say how a search answers a filter expression' },
  keys: { run: keysCommand, does: 'create, list and revoke access keys' },
  store: { run: storeCommand, does: 'check a data folder, or say what it holds' },
};

const HELP = `fluoroscope ${VERSION}: a self-hosted AWS X-Ray

usage: fluoroscope COMMAND [flags]

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(8)}${does}`)
  .join('\n')}

fluoroscope COMMAND --help lists the flags of a command.`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${HELP}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`fluoroscope: there is no command "${name}"; fluoroscope --help lists them\n`);
    return 2;
  }
  return command.run(rest);
}

process.exitCode = await main(process.argv.slice(2));
