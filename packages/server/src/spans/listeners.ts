import { ApiError } from '@fluoroscope/api';
import { listenJaegerGrpc, listenOtlpGrpc, type SpanListener } from '@fluoroscope/pipeline';
import type { Access } from '../access/access.ts';
import type { ListenKey } from '../access/unsafe-listen.ts';
import type { Channel, Events, SpanChannel } from '../events.ts';
import { listenHttp } from '../http/listen.ts';
import { createSpanApp } from '../http/span-app.ts';
import type { SpanReceivers } from '../http/span-routes.ts';
import type { TlsFiles } from '../http/tls.ts';
import { printListen, type ReceiverListen } from '../settings/kinds.ts';
import type { Settings } from '../settings.ts';
import { createAdmit } from './admit.ts';

/** What listeners of spans are made of. */
export interface SpanParts {
  readonly receivers: SpanReceivers;
  readonly access: Access;
  readonly tls: TlsFiles | null;
  readonly events: Events;
  /** Asked of each call: after how many seconds it may come again; null lets it in. */
  readonly turnAway: (channel: Channel) => number | null;
}

export interface SpanListenerKind {
  readonly key: Exclude<ListenKey, 'httpListen' | 'udpListen'>;
  readonly name: 'otlp-grpc' | 'otlp-http' | 'zipkin' | 'jaeger-http' | 'jaeger-grpc';
  readonly open: (at: NonNullable<ReceiverListen>, settings: Settings, parts: SpanParts) => Promise<OpenedSpans>;
}

export interface OpenedSpans extends AsyncDisposable {
  /** host:port, as bound. */
  readonly address: string;
}

export const SPAN_LISTENERS: readonly SpanListenerKind[] = [
  {
    key: 'otlpGrpcListen',
    name: 'otlp-grpc',
    open: async (at, _settings, { receivers, access, tls, turnAway }) =>
      addressed(
        await listenOtlpGrpc({
          ...at,
          tls,
          turnAway: () => turnAway('otlp'),
          admit: createAdmit(access, 'otlpGrpcListen', 'otlp-traces'),
          ...receivers.otlp,
        }),
      ),
  },
  { key: 'otlpHttpListen', name: 'otlp-http', open: openHttp('otlpHttpListen', 'otlp') },
  { key: 'zipkinListen', name: 'zipkin', open: openHttp('zipkinListen', 'zipkin') },
  { key: 'jaegerHttpListen', name: 'jaeger-http', open: openHttp('jaegerHttpListen', 'jaeger') },
  {
    key: 'jaegerGrpcListen',
    name: 'jaeger-grpc',
    open: async (at, _settings, { receivers, access, tls, events, turnAway }) =>
      addressed(
        await listenJaegerGrpc({
          ...at,
          tls,
          turnAway: () => turnAway('jaeger'),
          admit: createAdmit(access, 'jaegerGrpcListen', 'jaeger-spans'),
          postSpans: async (message) => {
            try {
              return await receivers.jaeger.postSpans(message);
            } catch (error) {
              if (error instanceof ApiError && error.code === 'ThrottledException') return null;
              throw error;
            }
          },
          failed: (error) => events.troubleMet('spans could not be kept', error),
        }),
      ),
  },
];

function openHttp(listen: ListenKey, dialect: SpanChannel): SpanListenerKind['open'] {
  return async (at, settings, { receivers, access, tls, events, turnAway }) => {
    const { allowedHosts, corsOrigins } = settings;
    const policy = { boundHost: at.host, allowedHosts, corsOrigins };
    const app = createSpanApp({ listen, dialect, receivers, access, tls, events, policy, turnAway });
    return { address: await listenHttp(app, at), [Symbol.asyncDispose]: () => app.close() };
  };
}

function addressed(listener: SpanListener): OpenedSpans {
  return { address: printListen(listener), [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}
