import { expect, test } from 'vitest';
import { readDaemonAddress } from './daemon-config.ts';

const at = (host: string, port: number): object => ({ host, port });

test.each([
  ['127.0.0.1:2000', at('127.0.0.1', 2000), at('127.0.0.1', 2000)],
  ['xray.local:3000', at('xray.local', 3000), at('xray.local', 3000)],
  ['[::1]:2000', at('::1', 2000), at('::1', 2000)],
  ['http://xray.local:3000', at('xray.local', 3000), at('xray.local', 3000)],
  ['http://[::1]:2000/', at('::1', 2000), at('::1', 2000)],
  ['udp:127.0.0.1:2000 tcp:127.0.0.2:2001', at('127.0.0.1', 2000), at('127.0.0.2', 2001)],
  ['tcp:127.0.0.2:2001 udp:127.0.0.1:2000', at('127.0.0.1', 2000), at('127.0.0.2', 2001)],
])('%s', (text, udp, tcp) => {
  expect(readDaemonAddress(text)).toEqual({ udp, tcp, byHttp: text.startsWith('http') });
});

test.each([
  '',
  'localhost',
  ':2000',
  'host:',
  'host:0',
  'host:65536',
  'host:port',
  'udp:host:2000',
  'https://host:2000',
  'http://host:2000/path',
  'udp:a:1 udp:b:2',
  'udp:a:1 tcp:b',
  'udp:a:1 tcp:b:2 c:3',
  '::1:2000',
])('no address: %s', (text) => {
  expect(() => readDaemonAddress(text)).toThrow('Invalid Daemon Address');
});
