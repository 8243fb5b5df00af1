import { startProgram } from './server.ts';

export interface Daemon {
  readonly udp: string;
  readonly output: () => string;
  /** Ends it with SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Nobody is asked for credentials, and none of this machine's are used. */
const ENVIRONMENT = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  AWS_CONFIG_FILE: '/nowhere',
};

/** `fluoroscope daemon` on free ports, once it is ready. */
export async function startDaemon(options: { readonly endpoint: string; readonly spool: string }): Promise<Daemon> {
  const { endpoint, spool } = options;
  const { output, stop } = await startProgram({
    args: ['daemon', '-b', '127.0.0.1:0', '-t', '127.0.0.1:0', '--endpoint', endpoint, '--spool-path', spool],
    environment: ENVIRONMENT,
  });
  return { udp: /segments on (\S+)/.exec(output())?.[1] ?? '', output, stop };
}
