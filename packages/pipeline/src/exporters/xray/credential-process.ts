import { execFile } from 'node:child_process';

/** Of a process that may ask a vault, or a person's device. */
const PROCESS_MS_MAX = 30_000;
const OUTPUT_BYTES_MAX = 64 * 1024;

/** Runs it without a shell, and kills it when it takes too long. What it writes to standard error, which may be secret, is not told. */
export function runCredentialProcess(command: readonly string[], msMax: number = PROCESS_MS_MAX): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const limits = { timeout: msMax, maxBuffer: OUTPUT_BYTES_MAX, killSignal: 'SIGKILL', windowsHide: true } as const;
    execFile(program, args, limits, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`credential_process ${program}: ${whyOf(error, msMax)}`));
    });
  });
}

function whyOf(
  { code, killed }: { readonly code?: unknown; readonly killed?: boolean | undefined },
  msMax: number,
): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${OUTPUT_BYTES_MAX} bytes`;
  if (killed === true) return `it did not end within ${msMax} ms`;
  return typeof code === 'number' ? `it ended with ${code}` : `it could not be run (${String(code)})`;
}

/**
 * As AWS's programs take a command line apart, without a shell:
 *
 *   line = *( blank / word )
 *   word = 1*( character / <"> *( any / "\" <"> ) <"> / "'" *any "'" )
 *
 * Null when a quote is not closed, or there is no word.
 */
export function splitCommand(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '"' || character === "'") {
      const end = endOfQuote(line, at);
      if (end === -1) return null;
      const inner = line.slice(at + 1, end);
      word = (word ?? '') + (character === '"' ? inner.replaceAll('\\"', '"') : inner);
      at = end;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words.length === 0 ? null : words;
}

function endOfQuote(line: string, start: number): number {
  const quote = line[start] ?? '';
  let end = line.indexOf(quote, start + 1);
  if (quote === "'") return end;
  while (end !== -1 && line[end - 1] === '\\') end = line.indexOf('"', end + 1);
  return end;
}
