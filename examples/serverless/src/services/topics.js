import { randomUUID } from 'node:crypto';
import { ServiceError } from './service-error.js';

/** Deliveries that wait; beyond this, publishers are told to slow down. */
const DELIVERIES_MAX = 10_000;
/** Deliveries under way at a time. */
const IN_FLIGHT_MAX = 8;

/**
 * Topics: each message becomes one delivery for each subscription, kept until it has been made.
 * @param {object} options
 * @param {ReturnType<typeof import('./durable-map.js').openDurableMap>} options.store
 * @param {readonly { topicArn: string, functionName: string }[]} options.subscriptions
 * @param {(delivery: object) => Promise<boolean>} options.deliver whether the delivery is over, made or given up
 */
export function createTopics({ store, subscriptions, deliver }) {
  const underWay = new Map();
  let isStopped = false;

  function pump() {
    for (const delivery of store.values()) {
      if (isStopped || underWay.size >= IN_FLIGHT_MAX) return;
      if (!underWay.has(delivery.id)) underWay.set(delivery.id, run(delivery));
    }
  }

  async function run(delivery) {
    const isOver = await deliver(delivery);
    underWay.delete(delivery.id);
    if (isOver) store.delete(delivery.id);
    setImmediate(pump);
  }

  return {
    /** @returns {string} the message's id @throws {ServiceError} */
    publish({ topicArn, message, subject, attributes = {}, traceHeader }) {
      const receivers = subscriptions.filter((subscription) => subscription.topicArn === topicArn);
      if (receivers.length === 0) throw new ServiceError('NotFound', 'Topic does not exist', 404);
      if (store.size() >= DELIVERIES_MAX) throw new ServiceError('Throttled', 'Rate exceeded', 429);
      const messageId = randomUUID();
      for (const { functionName } of receivers) {
        const content = { messageId, topicArn, message, subject, attributes, traceHeader, sentMs: Date.now() };
        const id = randomUUID();
        store.put(id, { id, functionName, ...content });
      }
      pump();
      return messageId;
    },
    /** Goes on with what an earlier process left. */
    start: pump,
    waiting: () => store.size(),
    /** Resolves when nothing is under way; what was not over comes again with the next process. */
    async stop() {
      isStopped = true;
      await Promise.all(underWay.values());
    },
  };
}
