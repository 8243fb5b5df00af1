import { expect, test } from 'vitest';
import { isInNetworks, parseNetwork } from './networks.ts';

test.each([
  ['10.0.0.0/8', '10.255.1.2', true],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::a00:1', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['fd00::/8', 'fd12:3456::1', true],
  ['fd00::/8', 'fe80::1%eth0', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['10.0.0.0/8', '', false],
  ['10.0.0.0/8', '10.0.0', false],
])('%s has %s: %s', (network, address, isIn) => {
  const parsed = parseNetwork(network);
  if (!parsed.ok) throw new Error(network);
  expect(isInNetworks(address, [parsed.value])).toBe(isIn);
});

test.each([
  '10.0.0.1/8',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '010.0.0.0/8',
  '256.0.0.0',
  '1:2',
  '1::2::3',
  ':::',
  'x',
  '',
])('%s is no network', (text) => {
  expect(parseNetwork(text).ok).toBe(false);
});
