import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { isAutomaticMode } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { checkSegmentName, runInRequest } from './request-context.ts';

/** Restify's request. */
export interface RestifyRequest extends IncomingMessage {
  /** Of Restify's context plugin. */
  set?(key: string, value: unknown): unknown;
  segment?: Segment;
}

/** Restify's response. */
export interface RestifyResponse extends ServerResponse {
  /** What a handler threw or handed to `next`. */
  err?: unknown;
}

type Handler = (request: RestifyRequest, response: RestifyResponse, next: () => void) => void;

/** The part of a Restify server that is used. */
export interface RestifyServer {
  use(handler: Handler): unknown;
}

export interface RestifyMiddleware {
  /** Goes before the routes. In manual mode the segment is `req.segment`, or `req.get('XRaySegment')` with the context plugin. */
  readonly enable: (server: RestifyServer, defaultName: string) => void;
}

export const restify: RestifyMiddleware = {
  enable(server, defaultName) {
    if (!server) throw new TypeError('Restify server instance to enable was not supplied. Please provide a server.');
    checkSegmentName(defaultName);
    middleware.setDefaultName(defaultName);
    getLogger().debug('Enabling AWS X-Ray for Restify.');
    server.use((request, response, next) => {
      const record = (): void => {
        // Restify keeps the error of each request here until it has told everybody.
        if (response.err) segment.addError(response.err);
        response.off('finish', record);
        response.off('close', record);
      };
      // Before the listeners that close the segment.
      response.once('finish', record);
      response.once('close', record);
      const segment = middleware.traceRequestResponseCycle(request, response);
      if (isAutomaticMode()) runInRequest(request, response, segment, next);
      else {
        if (typeof request.set === 'function') request.set('XRaySegment', segment);
        else request.segment = segment;
        next();
      }
    });
  },
};
