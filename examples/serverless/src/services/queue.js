import { randomUUID } from 'node:crypto';
import { ServiceError } from './service-error.js';

/** Beyond this, senders are refused. */
const MESSAGES_MAX = 10_000;

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} body
 * @property {object} attributes the sender's
 * @property {string | undefined} traceHeader
 * @property {number} sentMs
 * @property {number} receiveCount
 * @property {number} firstReceivedMs 0 before
 * @property {number} visibleMs when it can be received
 */

/**
 * A queue that forgets a message when it is deleted, and not before: who receives it has `visibilityMs` for that. After
 * `maxReceiveCount` times it goes to the dead-letter queue.
 * @param {object} options
 * @param {ReturnType<typeof import('./durable-map.js').openDurableMap>} options.store
 */
export function createQueue({ store, visibilityMs, maxReceiveCount = Infinity, deadLetters }) {
  function receivable(nowMs) {
    return [...store.values()].filter(({ visibleMs }) => visibleMs <= nowMs);
  }

  function receiveOne(message, nowMs) {
    if (message.receiveCount >= maxReceiveCount) {
      deadLetters?.send(message);
      store.delete(message.id);
      return [];
    }
    const received = {
      ...message,
      receiveCount: message.receiveCount + 1,
      firstReceivedMs: message.firstReceivedMs || nowMs,
      visibleMs: nowMs + visibilityMs,
    };
    store.put(message.id, received);
    return [received];
  }

  return {
    /** @returns {Message} @throws {ServiceError} when the queue is full */
    send({ body, attributes = {}, traceHeader }) {
      if (store.size() >= MESSAGES_MAX)
        throw new ServiceError('OverLimit', `the queue holds ${MESSAGES_MAX} messages`, 403);
      const sentMs = Date.now();
      const times = { sentMs, receiveCount: 0, firstReceivedMs: 0, visibleMs: sentMs };
      const message = { id: randomUUID(), body, attributes, traceHeader, ...times };
      store.put(message.id, message);
      return message;
    },
    /** @returns {Message[]} at most `count`, the oldest first */
    receive(count) {
      const nowMs = Date.now();
      return receivable(nowMs)
        .slice(0, count)
        .flatMap((message) => receiveOne(message, nowMs));
    },
    delete: (id) => store.delete(id),
    counts() {
      const visible = receivable(Date.now()).length;
      return { visible, inFlight: store.size() - visible };
    },
  };
}
