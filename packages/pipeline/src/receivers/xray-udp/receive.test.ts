import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { receiveXrayUdp } from './receive.ts';

const HEADER = '{"format":"json","version":1}\n';

test('a document is handed on as text', () => {
  const { send, log } = receive();
  send(`${HEADER}{"name":"shop"}`);
  expect(log).toEqual(['received 45', 'document {"name":"shop"}']);
});

test('a refused datagram is counted with its reason', () => {
  const { send, log } = receive();
  send('hello');
  expect(log).toEqual(['received 5', 'refused missing-header']);
});

test('of many documents each is handed on or refused, and a taker that throws costs one', () => {
  const { send, log } = receive();
  send('{"format":"jsonl","version":1}\n{}\n{"cut":\n{"throw":1}\n{"n":4}\n');
  expect(log).toEqual([
    'received 62 of 4',
    'document {}',
    'refused truncated',
    'failed Error: full',
    'document {"n":4}',
  ]);
});

test('a taker that throws costs one datagram', () => {
  const { send, log } = receive();
  send(`${HEADER}{"throw":1}`);
  send(`${HEADER}{}`);
  expect(log).toEqual(['received 41', 'failed Error: full', 'received 32', 'document {}']);
});

test('a socket error is reported', () => {
  const { socket, log } = receive();
  socket.emit('error', new Error('gone'));
  expect(log).toEqual(['socket Error: gone']);
});

test("after disposal nothing is received, and the socket is its owner's again", () => {
  const { send, socket, log, receiver } = receive();
  receiver[Symbol.dispose]();
  send(`${HEADER}{}`);
  expect(log).toEqual([]);
  expect(socket.eventNames()).toEqual([]);
});

function receive() {
  const socket = new EventEmitter();
  const log: string[] = [];
  const receiver = receiveXrayUdp({
    socket,
    onDocument: (text) => {
      if (text.includes('throw')) throw new Error('full');
      log.push(`document ${text}`);
    },
    events: {
      datagramReceived: (sizeBytes, documents) =>
        log.push(`received ${sizeBytes}${documents === 1 ? '' : ` of ${documents}`}`),
      datagramRefused: ({ code }) => log.push(`refused ${code}`),
      deliveryFailed: (error) => log.push(`failed ${String(error)}`),
      socketFailed: (error) => log.push(`socket ${String(error)}`),
    },
  });
  return { send: (text: string) => socket.emit('message', Buffer.from(text)), socket, log, receiver };
}
