#!/usr/bin/env node
import { VERSION } from './version.ts';

/** Takes what follows the command's name; resolves with the exit code when the command has ended. */
type Command = (argv: readonly string[]) => Promise<number>;

// Each is loaded when it is run: a daemon has no use for a database.
const COMMANDS: Readonly<Record<string, { readonly load: () => Promise<Command>; readonly does: string }>> = {
  serve: {
    load: async () => (await import('./commands/serve.ts')).serveCommand,
    does: 'receive, keep and show traces: everything in one process',
  },
  daemon: {
    load: async () => (await import('./commands/daemon.ts')).daemonCommand,
    does: "take segments in place of AWS's X-Ray daemon, and send them on",
  },
  collector: {
    load: async () => (await import('./commands/collector.ts')).collectorCommand,
    does: 'receive, change and send traces on: pipelines from a file',
  },
  demo: {
    load: async () => (await import('./commands/demo.ts')).demo,
    does: 'run the sample shop with traffic against a running server',
  },
  explain: {
    load: async () => (await import('./commands/explain.ts')).explainCommand,
    does: 'say how a search answers a filter expression',
  },
  keys: {
    load: async () => (await import('./commands/keys.ts')).keysCommand,
    does: 'create, list and revoke access keys',
  },
  store: {
    load: async () => (await import('./commands/store.ts')).storeCommand,
    does: 'check a data folder, or say what it holds',
  },
};

const HELP = `fluoroscope ${VERSION}: a self-hosted AWS X-Ray

usage: fluoroscope COMMAND [flags]

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(10)}${does}`)
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
  const run = await command.load();
  return run(rest);
}

process.exitCode = await main(process.argv.slice(2));
