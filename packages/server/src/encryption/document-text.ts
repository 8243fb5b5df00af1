import { ok, type Result, type TraceId } from '@fluoroscope/model';
import type { StoredDocument } from '@fluoroscope/store';
import type { Opener, SealedProblem } from './opener.ts';
import { pack, unpack } from './packing.ts';
import type { Sealer } from './sealer.ts';

/**
 *   text = json / base64 of a sealed message     ; json begins with "{", base64 never does
 *
 * The context is "document", the trace id and when it arrived: neither can be changed, nor a text be put in another's place.
 */
export function sealDocument(document: StoredDocument, sealer: Sealer): StoredDocument {
  const { bytes, packing } = pack(Buffer.from(document.text, 'utf8'));
  return { ...document, text: sealer.seal(bytes, contextOf(document), packing).toString('base64') };
}

export function isSealedText(text: string): boolean {
  return !text.startsWith('{');
}

export function openDocument(document: StoredDocument, opener: Opener): Result<StoredDocument, SealedProblem> {
  const opened = opener.open(Buffer.from(document.text, 'base64'), contextOf(document));
  if (!opened.ok) return opened;
  const { message, packing } = opened.value;
  return ok({ ...document, text: unpack(message, packing).toString('utf8') });
}

function contextOf({ traceId, receivedUs }: { readonly traceId: TraceId; readonly receivedUs: number }): string {
  return `document ${traceId} ${receivedUs}`;
}
