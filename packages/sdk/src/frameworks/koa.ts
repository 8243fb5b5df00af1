import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { getNamespace, isAutomaticMode, setSegment } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';
import { middleware, traceRequest } from '../middleware/middleware.ts';
import { checkSegmentName } from './request-context.ts';

/** The part of Koa's context that is looked at. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** With `app.proxy`, what the proxy forwarded. */
  readonly host?: string;
  readonly body?: unknown;
  segment?: Segment;
}

export interface KoaMiddleware {
  /** Goes first. The segment is `ctx.segment`, and in automatic mode the current one. */
  readonly openSegment: (defaultName: string) => (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;
}

/** For Koa 2 and 3. */
export const koa: KoaMiddleware = {
  openSegment(defaultName) {
    checkSegmentName(defaultName);
    middleware.setDefaultName(defaultName);
    return async (context, next) => {
      const { req, res } = context;
      const segment = traceRequest(req, res, context.host);
      context.segment = segment;
      if (!isAutomaticMode()) {
        await runRecorded(segment, next);
        return;
      }
      const namespace = getNamespace();
      namespace.bindEmitter(req);
      namespace.bindEmitter(res);
      await namespace.runPromise(async () => {
        setSegment(segment);
        await runRecorded(segment, next);
        bindReading(context.body);
      });
    };
  },
};

/** Koa reads a stream after the middleware, outside of its context. */
function bindReading(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('pipe' in body) || !('read' in body)) return;
  const { read } = body;
  if (typeof read === 'function')
    body.read = getNamespace().bind((size?: number): unknown => Reflect.apply(read, body, [size]));
}

/** The segment stays open: Koa has still to make a response of the error, or to stream the body. */
async function runRecorded(segment: Segment, next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
  } catch (error) {
    segment.addError(error);
    throw error;
  }
}
