import { expect, onTestFinished, test } from 'vitest';
import { listenOtlpGrpc } from '../receivers/otlp/listen-grpc.ts';
import { listenHttp } from '../receivers/span-http/listen-http.ts';
import { CLIENT_KEYS, clientTls, serverTls } from '../testing/certificates.ts';
import { parcel } from '../testing/parcels.ts';
import type { ClientTls, ServerTls } from '../tls.ts';
import { createPoster } from './http-post.ts';
import { createOtlpGrpcSender } from './otlp/send-grpc.ts';
import { createZipkinSend } from './zipkin/send.ts';

const NEVER = new AbortController().signal;

interface Far {
  readonly renewTls: (tls: ServerTls) => void;
  /** Whether a batch arrives. */
  readonly reach: (tls: ClientTls | null) => Promise<boolean>;
}

const TRANSPORTS = [
  ['HTTP', openHttp],
  ['gRPC', openGrpc],
] as const;

const NO_CA = { ca: null };
const OTHER_NAME = { serverName: 'other.fluoroscope.test' };
const RENEWED_NAME = { serverName: 'renewed.fluoroscope.test' };

test.each(
  TRANSPORTS.flatMap(([name, open]) =>
    (
      [
        ['an authority that is known', false, clientTls(), true],
        ['one that is not', false, clientTls(NO_CA), false],
        ['one that is not, believed', false, clientTls({ ...NO_CA, isVerified: false }), true],
        ['a name that is in the certificate', false, clientTls({ serverName: 'server.fluoroscope.test' }), true],
        ['a name that is not', false, clientTls(OTHER_NAME), false],
        ['plain', false, null, false],
        ['a client without a certificate', true, clientTls(), false],
        ['a client with one', true, clientTls(CLIENT_KEYS), true],
      ] as const
    ).map((row) => [name, ...row, open] as const),
  ),
)('%s: %s', async (_name, _what, asksClient, tls, arrives, open) => {
  const far = await open(serverTls('server', asksClient));
  expect(await far.reach(tls)).toBe(arrives);
});

test.each(TRANSPORTS)('%s: certificates are renewed under an open port', async (_name, open) => {
  const far = await open(serverTls('server', true));
  expect(await far.reach(clientTls({ ...CLIENT_KEYS, ...RENEWED_NAME }))).toBe(false);
  far.renewTls(serverTls('renewed', true));
  expect(await far.reach(clientTls({ ...CLIENT_KEYS, ...RENEWED_NAME }))).toBe(true);
});

async function openHttp(tls: ServerTls): Promise<Far> {
  const handle = async () => ({ status: 202 });
  const listener = await listenHttp({ label: 'x', host: '127.0.0.1', port: 0, bodyBytesMax: 10_000, handle, tls });
  onTestFinished(() => listener[Symbol.asyncDispose]());
  return {
    renewTls: listener.renewTls,
    async reach(client) {
      using poster = createPoster(client);
      const url = `${client === null ? 'http' : 'https'}://127.0.0.1:${listener.port}/`;
      const outcome = await createZipkinSend(url, {}, poster.post)([parcel()], NEVER).catch(() => null);
      return outcome?.state === 'sent';
    },
  };
}

async function openGrpc(tls: ServerTls): Promise<Far> {
  const ignore = (): void => {};
  const events = {
    requestReceived: ignore,
    requestRefused: ignore,
    spansAccepted: ignore,
    spansRefused: ignore,
    spansTurnedAway: ignore,
    deliveryFailed: ignore,
  };
  const listener = await listenOtlpGrpc({
    host: '127.0.0.1',
    port: 0,
    tls,
    admit: () => 'admitted',
    indexed: 'all',
    put: async () => ({ state: 'kept', refused: [] }),
    events,
  });
  onTestFinished(() => listener[Symbol.asyncDispose]());
  return {
    renewTls: listener.renewTls,
    async reach(client) {
      const address = `localhost:${listener.port}`;
      using sender = await createOtlpGrpcSender({ address, tls: client, headers: {}, compression: 'none' });
      return (await sender.send([parcel()], NEVER)).state === 'sent';
    },
  };
}
