import { setLogger, type Logger } from '../logger.ts';

export interface Log extends Disposable {
  readonly errors: string[];
  readonly warnings: string[];
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What is logged until disposed; nothing reaches the console. */
export function openLog(): Log {
  const errors: string[] = [];
  const warnings: string[] = [];
  setLogger({ ...silent, error: (text) => errors.push(String(text)), warn: (text) => warnings.push(String(text)) });
  return { errors, warnings, [Symbol.dispose]: () => setLogger(silent) };
}
