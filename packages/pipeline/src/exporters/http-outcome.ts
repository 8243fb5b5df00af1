import type { PostAnswer } from './http-post.ts';
import type { SendOutcome } from './sending-queue.ts';

/** What OTLP and most others say is worth trying again. */
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const MESSAGE_CHARS_MAX = 300;

export function isSuccess({ status }: Pick<PostAnswer, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** For a response that is not 2xx; `text` is its body. Nobody is sent to another place: what is sent may be secret, and so are its headers. */
export function failedResponse(response: Pick<PostAnswer, 'status' | 'headers'>, text: string): SendOutcome {
  const { status, headers } = response;
  const location = headers.get('location');
  const said = location === null ? text : `to ${location}, which is not followed`;
  const message = `HTTP ${status} ${said.slice(0, MESSAGE_CHARS_MAX)}`.trim();
  if (status === 413) return { state: 'too-large', message };
  if (!WORTH_ANOTHER_TRY.has(status)) return { state: 'refused', message };
  return { state: 'again', message, afterMs: readRetryAfterMs(headers.get('retry-after')) };
}

/** Seconds, or a date. */
function readRetryAfterMs(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
