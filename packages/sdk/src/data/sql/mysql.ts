import { errorMonitor, EventEmitter } from 'node:events';
import { getNamespace, isAutomaticMode, type SegmentLike } from '../../context/context.ts';
import type { Subsegment } from '../../document/subsegment.ts';
import { isRecord } from '../../objects.ts';
import { bindToCaller, isSegmentLike, quietParent } from '../call.ts';
import { captureOnce, changeable, isFunction, isThenable, type AnyFunction, type Patches } from '../patches.ts';
import { openQuery, parentOf, type Database } from './sql-call.ts';

/**
 * The queries of mysql, mysql2 and mysql2/promise: connections, pools and clusters made from the module afterwards, `query`, `execute` and
 * prepared statements, with callbacks, promises or events. In manual mode the last argument is the parent.
 * @returns the module; `uncapture(mysql)` undoes it
 * @throws TypeError when it is no such module
 */
export function captureMySQL<T extends object>(mysql: T): T {
  const module = changeable(mysql);
  if (!isFunction(Reflect.get(module, 'createConnection'))) {
    throw new TypeError('captureMySQL takes the module mysql or mysql2: it has createConnection.');
  }
  captureOnce(mysql, (patches) => {
    const connected = making((made) => captureConnection(innerOf(made, 'connection'), patches));
    const pooled = making((made) => capturePool(innerOf(made, 'pool'), patches));
    const clustered = making((made) => captureCluster(innerOf(made, 'poolCluster'), patches));
    for (const name of ['createConnection', 'connect']) patches.replace(module, name, connected);
    patches.replace(module, 'createPool', pooled);
    patches.replace(module, 'createPoolCluster', clustered);
  });
  return mysql;
}

/** mysql2/promise wraps the object that does the work, or promises it. */
function innerOf(made: object, name: string): object {
  const inner: unknown = Reflect.get(made, name);
  return isRecord(inner) ? inner : made;
}

function making(capture: (made: object) => void): (make: AnyFunction) => AnyFunction {
  const see = (made: unknown): unknown => {
    if (isRecord(made)) capture(made);
    return made;
  };
  return (make) =>
    function traced(this: unknown, ...args) {
      const made = make.apply(this, args);
      return isThenable(made) ? made.then(see) : see(made);
    };
}

const seen = new WeakSet<object>();

/** Whether it is seen for the first time. */
function isNew(target: object): boolean {
  if (seen.has(target)) return false;
  seen.add(target);
  return true;
}

function captureConnection(connection: object, patches: Patches): void {
  if (!isNew(connection)) return;
  for (const name of ['query', 'execute']) {
    patches.follow(connection, name, (operation) => traceOperation(operation, connection));
  }
  patches.follow(connection, 'prepare', (prepare) => tracePrepare(prepare, connection, patches));
}

function capturePool(pool: object, patches: Patches): void {
  if (!isNew(pool)) return;
  patches.follow(pool, 'getConnection', (get) => traceGetConnection(get, pool, patches));
  for (const name of ['query', 'execute']) patches.follow(pool, name, keepCaller);
}

function captureCluster(cluster: object, patches: Patches): void {
  if (!isNew(cluster)) return;
  const of: (find: AnyFunction) => AnyFunction = making((part) => capturePool(part, patches));
  // Both ways to a connection end in one of these parts.
  patches.follow(cluster, 'of', of);
  patches.follow(cluster, 'getConnection', (get) => traceGetConnection(get, cluster, patches));
}

const asked = new WeakSet<AnyFunction>();

/** Everything that a pool does begins here: its connections are captured, and called back in the caller's context. */
function traceGetConnection(get: AnyFunction, pool: object, patches: Patches): AnyFunction {
  return function tracedGetConnection(this: unknown, ...args) {
    const callback = args.at(-1);
    if (!isFunction(callback) || asked.has(callback)) return get.apply(this, args);
    const bound = bindToCaller((error, connection, ...rest) => {
      if (error) noteFailure(pool, error);
      if (isRecord(connection)) captureConnection(connection, patches);
      return callback(error, connection, ...rest);
    });
    // A cluster passes it on to one of its parts.
    asked.add(bound);
    return get.apply(this, [...args.slice(0, -1), bound]);
  };
}

/** Callbacks of a pool's commands run in the connection's context otherwise. */
const keepCaller = (operation: AnyFunction): AnyFunction =>
  function operationForCaller(this: unknown, ...args) {
    return operation.apply(
      this,
      args.map((each) => (isFunction(each) ? bindToCaller(each) : each)),
    );
  };

/** No connection, no query: the database could not be reached. */
function noteFailure(pool: object, error: unknown): void {
  const database = databaseOf(pool);
  if (database.host === undefined) return;
  openQuery(quietParent(), database, { text: undefined, prepared: false })?.close(error, true);
}

function tracePrepare(prepare: AnyFunction, connection: object, patches: Patches): AnyFunction {
  return function tracedPrepare(this: unknown, options, callback, ...rest) {
    if (!isFunction(callback)) return prepare.call(this, options, callback, ...rest);
    const bound = bindToCaller(callback);
    const prepared: AnyFunction = (error, statement, ...values) => {
      if (isRecord(statement)) {
        patches.follow(statement, 'execute', (execute) => traceOperation(execute, connection, options));
      }
      return bound(error, statement, ...values);
    };
    return prepare.call(this, options, prepared, ...rest);
  };
}

/** @param statement what was prepared, when that is not the first argument */
function traceOperation(operation: AnyFunction, connection: object, statement?: unknown): AnyFunction {
  return function tracedOperation(this: unknown, ...args) {
    const parent = parentOf(args, 'MySQL');
    const given = isSegmentLike(args.at(-1)) ? args.slice(0, -1) : args;
    if (parent === undefined) return operation.apply(this, given);
    const subsegment = open(parent, connection, given, statement);
    try {
      const result = operation.apply(this, withCallback(given, subsegment));
      if (result instanceof EventEmitter) follow(result, subsegment, given);
      return result;
    } catch (error) {
      subsegment?.close(error);
      throw error;
    }
  };
}

function open(
  parent: SegmentLike,
  connection: object,
  args: readonly unknown[],
  statement: unknown,
): Subsegment | undefined {
  const [first, second] = args;
  const query = statement ?? first;
  const values = statement === undefined && isRecord(first) && first['values'] !== undefined ? first['values'] : second;
  const prepared = statement !== undefined || (Boolean(values) && !isFunction(values));
  return openQuery(parent, databaseOf(connection), { text: isRecord(query) ? query['sql'] : query, prepared });
}

/** The callback is the last argument, or the command's own when a pool made the command. */
function withCallback(args: readonly unknown[], subsegment: Subsegment | undefined): unknown[] {
  const [first] = args;
  const last = args.at(-1);
  if (isFunction(last)) return [...args.slice(0, -1), ending(last, subsegment)];
  if (isRecord(first) && isFunction(first['onResult'])) first['onResult'] = ending(first['onResult'], subsegment);
  return [...args];
}

function ending(callback: AnyFunction, subsegment: Subsegment | undefined): AnyFunction {
  const bound = bindToCaller(callback);
  return (error, ...values) => {
    subsegment?.close(error, true);
    return bound(error, ...values);
  };
}

function follow(command: EventEmitter, subsegment: Subsegment | undefined, args: readonly unknown[]): void {
  if (subsegment !== undefined) {
    command.once(errorMonitor, (error: unknown) => subsegment.close(error, true));
    command.once('end', () => subsegment.close());
  }
  // Rows are read in the context of whoever asked, not of the connection.
  if (!isFunction(args.at(-1)) && isAutomaticMode()) getNamespace().bindEmitter(command);
}

function databaseOf(connection: object): Database {
  const outer: unknown = Reflect.get(connection, 'config');
  const config = isRecord(outer) ? outer : {};
  const { host, port, database, user } = isRecord(config['connectionConfig']) ? config['connectionConfig'] : config;
  return { scheme: 'mysql', host, port, database, user };
}
