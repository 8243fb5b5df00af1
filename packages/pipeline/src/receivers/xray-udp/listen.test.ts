import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { findKernelDrops, readKernelDrops } from './kernel-drops.ts';
import { openXrayUdpListener, type XrayUdpListener, type XrayUdpListenOptions } from './listen.ts';
import { receiveXrayUdp } from './receive.ts';

const DATAGRAM = '{"format":"json","version":1}\n{"name":"shop"}';
const SILENT = { datagramReceived() {}, datagramRefused() {}, deliveryFailed() {}, socketFailed() {} };

test.each(['127.0.0.1', '::1', '[::1]', 'localhost'])('a datagram to %s arrives', async (host) => {
  const listener = await open({ host, port: 0 });
  const { promise, resolve } = defer<string>();
  using _receiver = receiveXrayUdp({ socket: listener.socket, onDocument: resolve, events: SILENT });
  send(DATAGRAM, listener.address);
  await expect(promise).resolves.toBe('{"name":"shop"}');
});

test('the port that was free is told, and what the kernel gave', async () => {
  const listener = await open({ host: '127.0.0.1', port: 0, receiveBufferBytes: 65_536 });
  expect(listener.address).toEqual({ family: 4, host: '127.0.0.1', port: listener.socket.address().port });
  expect(listener.receiveBufferBytes).toBeGreaterThanOrEqual(65_536);
  expect(listener.receiveBufferBytes).toBe(listener.socket.getRecvBufferSize());
});

test('a port in use is said to be', async () => {
  const listener = await open({ host: '127.0.0.1', port: 0 });
  const { port } = listener.address;
  await expect(openXrayUdpListener({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'address-in-use',
    message: expect.stringContaining(String(port)),
  });
});

test.each<[XrayUdpListenOptions, string]>([
  [{ host: '192.0.2.1', port: 0 }, 'address-unknown'],
  [{ host: 'no-such-host.invalid', port: 0 }, 'address-unknown'],
  [{ host: '127.0.0.1', port: 70_000 }, 'address-unknown'],
])('%o is refused as %s', async (options, code) => {
  await expect(openXrayUdpListener(options)).rejects.toMatchObject({ code });
});

test.runIf(existsSync('/proc/net/udp'))('the kernel counts what does not fit', async () => {
  const listener = await open({ host: '127.0.0.1', port: 0, receiveBufferBytes: 4_096 });
  expect(await readKernelDrops(listener.address)).toBe(0);

  // Nobody reads while this turn lasts: the sender is another socket, its datagrams go straight to the queue.
  const sender = createSocket('udp4');
  sender.connect(listener.address.port, listener.address.host);
  await once(sender, 'connect');
  for (let count = 0; count < 200; count += 1) sender.send(Buffer.alloc(8_000));
  const dropsOf = async (): Promise<number> => (await readKernelDrops(listener.address)) ?? 0;
  await expect.poll(dropsOf).toBeGreaterThan(0);
  sender.close();
});

const HEADING =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';
const ROW = '00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 34 2 0000000000000000';

test.each([
  ['0100007F:07D0', { family: 4, host: '127.0.0.1', port: 2000 }],
  ['00000000:07D0', { family: 4, host: '0.0.0.0', port: 2000 }],
  ['00000000000000000000000001000000:07D0', { family: 6, host: '::1', port: 2000 }],
  ['00000000000000000000000000000000:07D0', { family: 6, host: '::', port: 2000 }],
  ['0000000000000000FFFF00000100007F:07D0', { family: 6, host: '::ffff:127.0.0.1', port: 2000 }],
  ['000080FE00000000FF1FC402FE6BB3F0:07D0', { family: 6, host: 'fe80::2c4:1fff:f0b3:6bfe%eth0', port: 2000 }],
] as const)('the row of %s is that of %o', (local, address) => {
  const other = `  1: 0100007F:07D1 ${ROW} 5`;
  expect(findKernelDrops([HEADING, other, `  2: ${local} ${ROW} 17`, ''].join('\n'), address)).toBe(17);
  expect(findKernelDrops([HEADING, other].join('\n'), address)).toBeNull();
});

async function open(options: XrayUdpListenOptions): Promise<XrayUdpListener> {
  const listener = await openXrayUdpListener(options);
  onTestFinished(() => listener[Symbol.asyncDispose]());
  return listener;
}

function send(text: string, { family, host, port }: { family: 4 | 6; host: string; port: number }): void {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.send(text, port, host, () => socket.close());
}

function defer<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
