/** Longest wait for one answer before the console says that the server is slow. */
const ANSWER_MS_MAX = 20_000;

/** How X-Ray's operations answer whom they do not know; our own calls answer 401. */
const NO_KEY = 'MissingAuthenticationTokenException';

/** `refused`: the request was wrong (4xx), and the server's sentence is for the user. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: 'unreachable' | 'refused' | 'failed';
  /** HTTP's, of an answer. */
  readonly status: number | null;

  constructor(code: ConsoleError['code'], message: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    this.code = code;
    this.status = options.status ?? null;
  }
}

/** X-Ray's own operations: POST, JSON both ways. */
export async function post<Answer>(path: string, input: unknown, signal: AbortSignal): Promise<Answer> {
  return send<Answer>(path, { method: 'POST', body: JSON.stringify(input), signal });
}

export async function get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  return send<Answer>(path, { method: 'GET', signal });
}

export async function put<Answer>(path: string, input: unknown): Promise<Answer> {
  return send<Answer>(path, { method: 'PUT', body: JSON.stringify(input) });
}

let onLoginNeeded: () => void = () => {};

/** Calls back whenever the server asks for a key that we have not shown. */
export function listenForLogin(listener: () => void): void {
  onLoginNeeded = listener;
}

export async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const timeout = AbortSignal.timeout(ANSWER_MS_MAX);
  const answer = await ask(path, init, timeout);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server; api's type tests hold it to these shapes
  return (await answer.json()) as Answer;
}

/** An answer that comes in pieces, for as long as it takes once it has begun. */
export async function openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ANSWER_MS_MAX);
  const answer = await ask(path, { method: 'GET', signal }, timeout.signal);
  clearTimeout(timer);
  if (answer.body === null) throw new ConsoleError('failed', 'The server answered nothing.');
  return answer.body;
}

async function ask(path: string, init: RequestInit, timeout: AbortSignal): Promise<Response> {
  const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
  const headers = init.body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(path, { ...init, headers, signal, credentials: 'same-origin' }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    const why = timeout.aborted ? 'Fluoroscope took longer than 20 s to answer.' : 'Fluoroscope cannot be reached.';
    throw new ConsoleError('unreachable', why, { cause });
  });
  const asksForKey = answer.status === 401 || answer.headers.get('x-amzn-errortype') === NO_KEY;
  if (asksForKey) onLoginNeeded();
  if (!answer.ok) throw await readFailure(answer);
  return answer;
}

async function readFailure(answer: Response): Promise<ConsoleError> {
  const body: unknown = await answer.json().catch(() => undefined);
  const message = messageIn(body) ?? `The server answered ${answer.status}.`;
  return new ConsoleError(answer.status < 500 ? 'refused' : 'failed', message, { status: answer.status });
}

/** AWS spells it `Message` or `message`. */
function messageIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { Message, message }: { Message?: unknown; message?: unknown } = body;
  const text = Message ?? message;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
