import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { isAutomaticMode, resolveSegment } from '../context/context.ts';
import { segmentAbove } from '../capture/trace-header.ts';
import type { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { checkSegmentName, runInRequest } from './request-context.ts';

/** Express's request, and anything like it. */
export interface ExpressRequest extends IncomingMessage {
  /** In manual mode. */
  segment?: Segment;
}

export type ExpressNext = (error?: unknown) => void;

export interface ExpressMiddleware {
  /** Goes before the routes. In manual mode the segment is `req.segment`. */
  readonly openSegment: (
    defaultName: string,
  ) => (request: ExpressRequest, response: ServerResponse, next: ExpressNext) => void;
  /** Goes after the routes: records what they threw or handed to `next`. */
  readonly closeSegment: () => (
    error: unknown,
    request: ExpressRequest,
    response: ServerResponse,
    next: ExpressNext,
  ) => void;
}

/** For Express 4 and 5, and whatever else takes `(req, res, next)`. */
export const express: ExpressMiddleware = {
  openSegment(defaultName) {
    checkSegmentName(defaultName);
    middleware.setDefaultName(defaultName);
    return (request, response, next) => {
      const segment = middleware.traceRequestResponseCycle(request, response);
      if (isAutomaticMode()) runInRequest(request, response, segment, next);
      else {
        request.segment = segment;
        next();
      }
    };
  },

  closeSegment: () => (error, request, _response, next) => {
    const current = resolveSegment(request.segment);
    if (current !== undefined && error) {
      segmentAbove(current)?.addError(error);
      getLogger().debug('Added Express server fault to segment');
    }
    next(error);
  },
};
