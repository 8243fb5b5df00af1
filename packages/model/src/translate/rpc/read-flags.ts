import { cutText } from '../../clean-json.ts';
import { LONG_TEXT_CHARS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import type { CauseBlock, EntityDocument } from '../../segment-document.ts';
import { readStatus } from './read-http.ts';
import { tagOf, type RpcSpan } from './rpc-span.ts';

export type Flags = Pick<EntityDocument, 'error' | 'throttle' | 'fault' | 'cause'>;

/**
 * status 4xx               error; 429 throttle too
 * status 5xx               fault
 * otherwise a tag `error`  fault, whatever its value but `false`; with a message as the cause
 */
export function readFlags(span: Pick<RpcSpan, 'tags' | 'kind'>): Flags {
  const status = readStatus(span);
  const message = errorOf(span);
  const flags = flagsOfStatus(status) ?? (message === null ? {} : FAULT);
  return message === null || message === '' ? flags : { ...flags, cause: causeOf(message, span) };
}

export function flagsOfStatus(status: number | null): Flags | null {
  if (status === null || status < 400 || status > 599) return null;
  if (status >= 500) return FAULT;
  return status === 429 ? THROTTLE : ERROR;
}

export const FAULT: Flags = { fault: true };
export const ERROR: Flags = { error: true };
export const THROTTLE: Flags = { error: true, throttle: true };

/** Null without an error; empty for one that says nothing more. */
function errorOf({ tags }: Pick<RpcSpan, 'tags'>): string | null {
  if (!Object.hasOwn(tags, 'error')) return null;
  const text = tagOf(tags, 'error');
  if (text === 'false') return null;
  return text === 'true' || text === '1' ? '' : text;
}

function causeOf(message: string, { kind, tags }: Pick<RpcSpan, 'tags' | 'kind'>): CauseBlock {
  const type = tagOf(tags, 'error.type') || tagOf(tags, 'exception.type');
  return causeOfMessage(message, kind === 'client' || kind === 'producer', type);
}

export function causeOfMessage(message: string, remote: boolean, type = ''): CauseBlock {
  const cut = cutText(message, LONG_TEXT_CHARS_MAX);
  return { exceptions: [{ message: cut, ...(type !== '' && { type: cutText(type, TEXT_CHARS_MAX) }), remote }] };
}
