import type { StatusAnswer } from '@fluoroscope/api';

/** Where this server takes what; HOST:PORT as a sender writes it, null when it is closed. */
export interface Addresses {
  readonly udp: string | null;
  /** Of the page, with its scheme. */
  readonly http: string;
  readonly otlpGrpc: string | null;
  /** With scheme, without path. */
  readonly otlpHttp: string;
  readonly zipkin: string;
  readonly jaegerHttp: string | null;
}

/** A listener on every address of its machine is told by the name that this page was reached by. */
export function addressesOf(
  listeners: StatusAnswer['listeners'],
  page: { origin: string; hostname: string },
): Addresses {
  const find = (name: string): string | null => {
    const address = listeners.find((it) => it.name === name)?.address;
    return address === undefined ? null : address.replace(/^(?:0\.0\.0\.0|\[::\]|\*)(?=:\d+$)/, page.hostname);
  };
  const scheme = page.origin.slice(0, page.origin.indexOf(':'));
  const url = (name: string): string => {
    const address = find(name);
    // The console's own port takes these too.
    return address === null ? page.origin : `${scheme}://${address}`;
  };
  return {
    udp: find('udp'),
    http: page.origin,
    otlpGrpc: find('otlp-grpc'),
    otlpHttp: url('otlp-http'),
    zipkin: url('zipkin'),
    jaegerHttp: find('jaeger-http'),
  };
}
