import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { getNamespace, runWithSegment } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';

/** What handles the request runs in a context of its own; so do the listeners that it adds to the request and the response. */
export function runInRequest(
  request: IncomingMessage,
  response: ServerResponse,
  segment: Segment,
  next: () => void,
): void {
  bindMessage(request);
  bindMessage(response);
  runWithSegment(segment, next);
}

/** Express's messages inherit from objects of their application: bound once, they cost a request nothing. */
function bindMessage(message: EventEmitter): void {
  const namespace = getNamespace();
  if (!namespace.isBound(message)) namespace.bindEmitter(applicationMessage(message) ?? message);
}

/** The outermost application's: those of mounted applications inherit from it. */
function applicationMessage(message: EventEmitter): EventEmitter | undefined {
  let found: EventEmitter | undefined;
  let at: unknown = Object.getPrototypeOf(message);
  while (at instanceof EventEmitter) {
    if (Object.hasOwn(at, 'app')) found = at;
    at = Object.getPrototypeOf(at);
  }
  return found;
}

/** @throws Error when there is no name */
export function checkSegmentName(name: unknown): asserts name is string {
  if (!name || typeof name !== 'string') {
    throw new TypeError('Default segment name was not supplied.  Please provide a string.');
  }
}
