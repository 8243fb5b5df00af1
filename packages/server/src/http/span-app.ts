import { ApiError } from '@fluoroscope/api';
import type { Access } from '../access/access.ts';
import type { ListenKey } from '../access/unsafe-listen.ts';
import type { SpanChannel } from '../events.ts';
import { addAccessHook } from './access-hook.ts';
import { createGuardedApp, type GuardedAppOptions, type HttpApp } from './guarded-app.ts';
import { pathOf } from './guard-hook.ts';
import { addSpanRoutes, SPAN_PATHS, type SpanReceivers } from './span-routes.ts';

export interface SpanAppOptions extends Pick<
  GuardedAppOptions,
  'policy' | 'tls' | 'events' | 'bodyLimits' | 'turnAway'
> {
  readonly listen: ListenKey;
  readonly dialect: SpanChannel;
  readonly receivers: SpanReceivers;
  readonly access: Access;
}

/** A port of its own for one dialect, guarded as port 2000 is. */
export function createSpanApp({ listen, dialect, receivers, access, ...options }: SpanAppOptions): HttpApp {
  const paths = SPAN_PATHS[dialect];
  const { app, bodies } = createGuardedApp({
    ...options,
    answerUnrouted(request, reply) {
      if (!paths.includes(pathOf(request.url))) {
        throw new ApiError('UnknownOperationException', `expected ${paths.join(' or ')}`);
      }
      void reply.header('allow', 'POST');
      throw new ApiError('MethodNotAllowedException', 'expected POST');
    },
  });
  addAccessHook(app, access, bodies, listen);
  addSpanRoutes(app, { receivers, bodies, dialects: [dialect] });
  return app;
}
