import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Shop = Awaited<ReturnType<typeof startShop>>;

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** Runs main.js; resolves when it is ready, or has ended. */
export async function startShop(daemonAddress: string, flags: readonly string[]) {
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: daemonAddress };
  const child = spawn(process.execPath, [MAIN, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/^ready in/m.test(output)) resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // "close" comes after the last output, and only when no service holds the pipes any more.
  const exit = once(child, 'close').then(([code]: unknown[]) => code);
  await Promise.race([ready, exit]);
  return {
    exit,
    output: (): string => output,
    errors: (): string => errors,
    url(service: string): string {
      const [, url] = new RegExp(`^${service} listening on (.*)$`, 'm').exec(output) ?? [];
      if (url === undefined) throw new Error(`${service} does not listen: ${output}${errors}`);
      return url;
    },
    stop(): Promise<unknown> {
      child.kill('SIGTERM');
      return exit;
    },
  };
}
