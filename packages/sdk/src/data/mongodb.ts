import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { openCall, quietParent, textOr } from './call.ts';
import { captureOnce, isFunction, type AnyFunction } from './patches.ts';

/** Commands whose end has not been told. A driver has far fewer; what goes beyond is not recorded. */
const OPEN_MAX = 10_000;

/**
 * The commands of a `MongoClient` that was made with `{ monitorCommands: true }`, by its own events. Commands without a segment, such as
 * the driver's heartbeats, are not recorded; neither is what they hold.
 * @returns how to undo it
 * @throws TypeError when it has no events
 */
export function captureMongoDB(client: object): () => void {
  const [on, off]: readonly unknown[] = [Reflect.get(client, 'on'), Reflect.get(client, 'removeListener')];
  if (!isFunction(on) || !isFunction(off)) throw new TypeError('captureMongoDB takes a MongoClient: it has events.');
  if (!monitors(client)) getLogger().error('captureMongoDB: the client was made without { monitorCommands: true }.');
  return captureOnce(client, (patches) => {
    const listeners = commandListeners();
    for (const [event, listener] of Object.entries(listeners)) on.call(client, event, listener);
    patches.onUndo(() => {
      for (const [event, listener] of Object.entries(listeners)) off.call(client, event, listener);
    });
  });
}

function monitors(client: object): boolean {
  const options: unknown = Reflect.get(client, 'options');
  return !isRecord(options) || options['monitorCommands'] === true;
}

function commandListeners(): Readonly<Record<string, AnyFunction>> {
  const open = new Map<string, Subsegment>();
  let lost = 0;
  const take = (event: unknown): Subsegment | undefined => {
    const key = keyOf(event);
    const subsegment = open.get(key);
    open.delete(key);
    return subsegment;
  };
  return {
    commandStarted: (event) => {
      if (!isRecord(event)) return;
      const subsegment = openCommand(event);
      if (subsegment === undefined) return;
      if (open.size < OPEN_MAX) open.set(keyOf(event), subsegment);
      else {
        subsegment.close();
        lost += 1;
        if (lost === 1)
          getLogger().error(`captureMongoDB: ${OPEN_MAX} commands are open; of further ones the end is not recorded.`);
      }
    },
    commandSucceeded: (event) => take(event)?.close(),
    commandFailed: (event) => {
      const failure = isRecord(event) ? event['failure'] : undefined;
      take(event)?.close(failure ?? 'commandFailed', true);
    },
  };
}

function openCommand(event: Readonly<Record<string, unknown>>): Subsegment | undefined {
  const database = textOr(event['databaseName'], 'mongodb');
  const subsegment = openCall(`${database}@${textOr(event['address'], 'unknown').replace(/:\d+$/, '')}`, quietParent());
  if (subsegment === undefined) return undefined;
  const operation = textOr(event['commandName'], 'command');
  const command = isRecord(event['command']) ? event['command'] : {};
  const collection = operation === 'getMore' ? command['collection'] : command[operation];
  subsegment.addMetadata('db.system.name', 'mongodb');
  subsegment.addMetadata('db.namespace', database);
  subsegment.addMetadata('db.operation.name', operation);
  if (typeof collection === 'string') subsegment.addMetadata('db.collection.name', collection);
  return subsegment;
}

/** Request ids are the connection's own. */
function keyOf(event: unknown): string {
  if (!isRecord(event)) return '';
  return `${String(event['address'])} ${String(event['connectionId'])} ${String(event['requestId'])}`;
}
