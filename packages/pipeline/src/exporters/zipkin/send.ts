import { documentToZipkinSpan } from '@fluoroscope/model';
import { failedResponse, isSuccess } from '../http-outcome.ts';
import type { Post } from '../http-post.ts';
import type { Send } from '../sending-queue.ts';
import { foldApart } from './fold-apart.ts';

/** Sends documents as spans to a Zipkin v2 API, in JSON. The URL has its path: `…/api/v2/spans`. */
export function createZipkinSend(url: string, headers: Readonly<Record<string, string>>, post: Post): Send {
  const target = new URL(url);
  return async (parcels, signal) => {
    const spans = parcels
      .flatMap(({ document }) => foldApart(document))
      .flatMap((document) => {
        const span = documentToZipkinSpan(document);
        // Zipkin's ids have no dashes.
        return span === null ? [] : [{ ...span, traceId: span.traceId.replace(/^1-(.{8})-/, '$1') }];
      });
    if (spans.length === 0) return { state: 'sent', refused: 0 };
    const sent = { ...headers, 'content-type': 'application/json' };
    const answer = await post(target, sent, JSON.stringify(spans), signal);
    return isSuccess(answer) ? { state: 'sent', refused: 0 } : failedResponse(answer, answer.body.toString());
  };
}
