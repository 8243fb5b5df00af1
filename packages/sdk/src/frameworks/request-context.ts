import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { getNamespace, setSegment } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';

/** What handles the request runs in a context of its own; so do the listeners that it adds to the request and the response. */
export function runInRequest(
  request: IncomingMessage,
  response: ServerResponse,
  segment: Segment,
  next: () => void,
): void {
  const namespace = getNamespace();
  namespace.bindEmitter(request);
  namespace.bindEmitter(response);
  namespace.run(() => {
    setSegment(segment);
    next();
  });
}

/** @throws Error when there is no name */
export function checkSegmentName(name: unknown): asserts name is string {
  if (!name || typeof name !== 'string') {
    throw new TypeError('Default segment name was not supplied.  Please provide a string.');
  }
}
