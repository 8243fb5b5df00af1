/** What `setLogger` takes: winston, pino, console and the like. */
export interface Logger {
  debug(...args: readonly unknown[]): unknown;
  info(...args: readonly unknown[]): unknown;
  warn(...args: readonly unknown[]): unknown;
  error(...args: readonly unknown[]): unknown;
}

type Level = keyof Logger;

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];
const DEFAULT_LEVEL = LEVELS.indexOf('error');

let logger: Logger = createConsoleLogger(process.env);

export function setLogger(replacement: Logger): void {
  logger = replacement;
}

export function getLogger(): Logger {
  return logger;
}

/** `AWS_XRAY_DEBUG_MODE` (any text), else `AWS_XRAY_LOG_LEVEL`; unknown levels are `error`. */
export function createConsoleLogger(env: NodeJS.ProcessEnv): Logger {
  const wanted = env['AWS_XRAY_DEBUG_MODE'] ? 'debug' : (env['AWS_XRAY_LOG_LEVEL'] ?? '').toLowerCase();
  const found = LEVELS.indexOf(wanted);
  const lowest = found >= 0 ? found : DEFAULT_LEVEL;
  const withTime = env['LAMBDA_TASK_ROOT'] === undefined;
  const at =
    (level: Level) =>
    (message?: unknown, detail?: unknown): void => {
      if (LEVELS.indexOf(level) < lowest || !(message || detail)) return;
      // oxlint-disable-next-line no-console -- the default logger is the console
      console[level](formatLine(level, message, detail, withTime));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function formatLine(level: Level, message: unknown, detail: unknown, withTime: boolean): string {
  const head = withTime
    ? `${new Date().toISOString().replace('T', ' ').replace('Z', '')} +00:00 [${level.toUpperCase()}]`
    : '';
  const line = [head, message ? printDetail(message) : ''].filter((part) => part !== '').join(' ');
  return detail ? `${line}\n  ${printDetail(detail)}` : line;
}

function printDetail(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (detail instanceof Error) return detail.stack ?? detail.message;
  try {
    return JSON.stringify(detail) ?? typeof detail;
  } catch {
    return '[not serializable]';
  }
}
