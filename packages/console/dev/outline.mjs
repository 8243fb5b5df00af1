// Outlines and documents of made-up traces, as the server gives them; needs a build of packages/api. Not shipped.
import { createOutlineEncoder } from '@fluoroscope/api/outline';
import { withInferred } from './graph.mjs';

const FRAME_COUNT = 4000;

/** Answers `/api/traces/<id>/…`; false for another path. */
export function answerTrace({ traces, url, response }) {
  const [, id, what, place] = /^\/api\/traces\/([^/]+)\/(outline|documents)(?:\/(\d+))?$/.exec(url.pathname) ?? [];
  if (id === undefined) return false;
  const trace = traces.find(({ traceId }) => traceId === id);
  if (trace === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"No such trace."}');
    return true;
  }
  const documents = withInferred(trace);
  if (what === 'documents') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(documents[Number(place)]));
    return true;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
  const encoder = createOutlineEncoder();
  for (let from = 0; from < documents.length; from += FRAME_COUNT) {
    const readCount = Math.min(documents.length, from + FRAME_COUNT);
    const placed = documents.slice(from, readCount).map((document, at) => ({ document, place: from + at }));
    const figures = { readCount, totalCount: documents.length, asSent: false, isLast: readCount === documents.length };
    response.write(encoder.encode(placed, figures));
  }
  response.end();
  return true;
}
