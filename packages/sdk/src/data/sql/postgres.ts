import { EventEmitter } from 'node:events';
import { getNamespace, isAutomaticMode } from '../../context/context.ts';
import type { Subsegment } from '../../document/subsegment.ts';
import { isRecord } from '../../objects.ts';
import { bindToCaller, closeWith, isSegmentLike, quietParent } from '../call.ts';
import { captureOnce, changeable, isFunction, isThenable, type AnyFunction } from '../patches.ts';
import { openQuery, parentOf, type Database } from './sql-call.ts';

/**
 * Every query of node-postgres: callbacks, promises, query objects, cursors and streams, from clients and pools. In manual mode the last
 * argument of `client.query` is the parent.
 * @returns the module; `uncapture(pg)` undoes it
 * @throws TypeError when it is no such module
 */
export function capturePostgres<T extends object>(pg: T): T {
  const module = changeable(pg);
  const client = prototypeOf(Reflect.get(module, 'Client'));
  if (client === undefined || !isFunction(Reflect.get(client, 'query'))) {
    throw new TypeError('capturePostgres takes the module pg: it has Client.');
  }
  captureOnce(pg, (patches) => {
    patches.replace(client, 'query', traceQuery);
    const pool = ownerOf(prototypeOf(Reflect.get(module, 'Pool')), 'connect');
    if (pool !== undefined) patches.replace(pool, 'connect', keepCaller);
  });
  return pg;
}

/** Whoever waits for a client is called by whoever gives it back: without this, in their segment. */
function keepCaller(connect: AnyFunction): AnyFunction {
  return function connectForCaller(this: unknown, callback, ...rest) {
    if (!isFunction(callback)) {
      const result = connect.call(this, callback, ...rest);
      if (isThenable(result)) result.then(undefined, (error: unknown) => noteFailure(this, error));
      return result;
    }
    const found: AnyFunction = (error, ...values) => {
      if (error) noteFailure(this, error);
      return callback(error, ...values);
    };
    return connect.call(this, bindToCaller(found), ...rest);
  };
}

/** No client, no query: the database could not be reached. */
function noteFailure(pool: unknown, error: unknown): void {
  const { options } = isRecord(pool) ? pool : {};
  const subsegment = openQuery(quietParent(), databaseOf({ connectionParameters: options }), NO_QUERY);
  subsegment?.close(error, true);
}

const NO_QUERY = { text: undefined, prepared: false } as const;

function traceQuery(query: AnyFunction): AnyFunction {
  return function tracedQuery(this: unknown, ...args) {
    const parent = parentOf(args, 'Postgres');
    const given = isSegmentLike(args.at(-1)) ? args.slice(0, -1) : args;
    if (parent === undefined) return query.apply(this, given);
    const [first] = given;
    const config = isRecord(first) ? first : { text: first };
    const subsegment = openQuery(parent, databaseOf(this), { text: textOf(config), prepared: Boolean(config['name']) });
    try {
      if (isFunction(config['submit'])) return submit(this, query, given, subsegment);
      const result = query.apply(this, withCallback(given, subsegment));
      return subsegment !== undefined && isThenable(result) ? closeWith(subsegment, result, true) : result;
    } catch (error) {
      subsegment?.close(error);
      throw error;
    }
  };
}

/** The callback is an argument, or a field of the query's configuration; the application's object is not changed. */
function withCallback(args: readonly unknown[], subsegment: Subsegment | undefined): unknown[] {
  const [first, ...rest] = args;
  const at = rest.findIndex(isFunction);
  if (at >= 0)
    return [first, ...rest.map((each, index) => (index === at && isFunction(each) ? ending(each, subsegment) : each))];
  const callback = isRecord(first) ? first['callback'] : undefined;
  if (!isRecord(first) || !isFunction(callback)) return [...args];
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(first));
  return [Object.assign(copy, first, { callback: ending(callback, subsegment) }), ...rest];
}

function ending(callback: AnyFunction, subsegment: Subsegment | undefined): AnyFunction {
  const bound = bindToCaller(callback);
  return (error, ...values) => {
    subsegment?.close(error, true);
    // The official SDK hands the subsegment on in manual mode.
    return bound(error, ...values, ...(isAutomaticMode() ? [] : [subsegment]));
  };
}

/** A query object, a cursor or a stream: the client tells it when it has failed and when the connection is free again. */
function submit(
  client: unknown,
  query: AnyFunction,
  args: readonly unknown[],
  subsegment: Subsegment | undefined,
): unknown {
  const [submittable, ...rest] = args;
  if (!isRecord(submittable)) return query.apply(client, [...args]);
  watch(submittable, 'handleError', (error) => subsegment?.close(error, true));
  watch(submittable, 'handleReadyForQuery', () => subsegment?.close());
  if (submittable instanceof EventEmitter && isAutomaticMode()) getNamespace().bindEmitter(submittable);
  return query.apply(client, [submittable, ...rest.map((each) => (isFunction(each) ? bindToCaller(each) : each))]);
}

function watch(target: Record<string, unknown>, name: string, before: (argument: unknown) => void): void {
  const original = target[name];
  if (!isFunction(original)) return;
  target[name] = function watched(this: unknown, ...args: unknown[]): unknown {
    before(args[0]);
    return original.apply(this, args);
  };
}

/** Of a stream it is in its cursor. */
function textOf(config: Readonly<Record<string, unknown>>): unknown {
  const { cursor } = config;
  return config['text'] ?? (isRecord(cursor) ? cursor['text'] : undefined);
}

function databaseOf(client: unknown): Database {
  const { database, host, connectionParameters } = isRecord(client) ? client : {};
  const parameters = isRecord(connectionParameters) ? connectionParameters : {};
  const { port, user } = parameters;
  return {
    scheme: 'postgresql',
    host: host ?? parameters['host'],
    port,
    database: database ?? parameters['database'],
    user,
  };
}

function prototypeOf(constructor: unknown): object | undefined {
  const prototype: unknown = typeof constructor === 'function' ? constructor.prototype : undefined;
  return isRecord(prototype) ? prototype : undefined;
}

/** Who in the chain of prototypes has the function. */
function ownerOf(prototype: object | undefined, name: string): object | undefined {
  let at = prototype;
  while (at !== undefined && !Object.hasOwn(at, name)) {
    const above: unknown = Object.getPrototypeOf(at);
    at = isRecord(above) ? above : undefined;
  }
  return at;
}
