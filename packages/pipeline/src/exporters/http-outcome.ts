import type { PostAnswer } from './http-post.ts';
import type { SendOutcome } from './sending-queue.ts';

/** What OTLP and most others say is worth trying again. */
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const MESSAGE_CHARS_MAX = 300;

export function isSuccess({ status }: Pick<PostAnswer, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** For a response that is not 2xx; `text` is its body. */
export function failedResponse(response: Pick<PostAnswer, 'status' | 'headers'>, text: string): SendOutcome {
  const message = `HTTP ${response.status} ${text.slice(0, MESSAGE_CHARS_MAX)}`.trim();
  if (!WORTH_ANOTHER_TRY.has(response.status)) return { state: 'refused', message };
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return { state: 'again', message, afterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined };
}
