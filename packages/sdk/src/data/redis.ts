import type { Subsegment } from '../document/subsegment.ts';
import { isRecord } from '../objects.ts';
import { closeWith, openCall, quietParent, textOr } from './call.ts';
import { captureOnce, isFunction, isThenable, type AnyFunction } from './patches.ts';

/**
 * The commands of a client of ioredis or redis: their names, never what they hold. A pipeline or a transaction is one call.
 * @returns how to undo it
 * @throws TypeError when it sends no commands
 */
export function captureRedis(client: object): () => void {
  if (!isFunction(Reflect.get(client, 'sendCommand'))) {
    throw new TypeError('captureRedis takes a client of ioredis or redis: it has sendCommand.');
  }
  return captureOnce(client, (patches) => {
    // What redis hands out inherits from the client that does the work.
    const self: unknown = Reflect.get(client, '_self');
    patches.replace(isRecord(self) ? self : client, 'sendCommand', (send) => traceCommand(send, client));
    // Of ioredis these end in sendCommand; of redis they do not.
    if (isFunction(Reflect.get(client, 'pipeline'))) return;
    for (const name of ['multi', 'MULTI']) {
      patches.replace(
        client,
        name,
        (make) =>
          function traced(this: unknown, ...args) {
            const chain = make.apply(this, args);
            if (isRecord(chain)) {
              for (const [run, operation] of Object.entries(RUNS)) {
                patches.follow(chain, run, (execute) => traceChain(execute, client, operation));
              }
            }
            return chain;
          },
      );
    }
  });
}

const PIPELINE = 'PIPELINE';
const TRANSACTION = 'MULTI';
const RUNS: Readonly<Record<string, string>> = {
  exec: TRANSACTION,
  execTyped: TRANSACTION,
  execAsPipeline: PIPELINE,
  execAsPipelineTyped: PIPELINE,
};

function traceChain(execute: AnyFunction, client: object, operation: string): AnyFunction {
  return function traced(this: unknown, ...args) {
    const subsegment = openCommand(client, operation);
    const run = (): unknown => execute.apply(this, args);
    if (subsegment === undefined) return run();
    const result = run();
    if (isThenable(result)) return closeWith(subsegment, result, true);
    subsegment.close();
    return result;
  };
}

interface Pipeline {
  readonly subsegment: Subsegment | undefined;
  waiting: number;
  error: unknown;
}

function traceCommand(send: AnyFunction, client: object): AnyFunction {
  /** Commands that wait for the connection are sent a second time. */
  const known = new WeakSet<object>();
  const pipelines = new WeakMap<object, Pipeline>();
  return function tracedSend(this: unknown, command, ...rest) {
    const [stream] = rest;
    if (isRecord(command) && !Array.isArray(command)) {
      if (known.has(command)) return send.call(this, command, ...rest);
      known.add(command);
    }
    if (isRecord(stream) && stream['isPipeline'] === true) {
      const pipeline = pipelines.get(stream) ?? {
        subsegment: openCommand(client, nameOf(command) === TRANSACTION ? TRANSACTION : PIPELINE),
        waiting: 0,
        error: undefined,
      };
      pipelines.set(stream, pipeline);
      const result = send.call(this, command, ...rest);
      if (pipeline.subsegment !== undefined && isThenable(result)) followPipeline(pipeline, result);
      return result;
    }
    const subsegment = openCommand(client, nameOf(command));
    const result = send.call(this, command, ...rest);
    if (subsegment === undefined) return result;
    if (isThenable(result)) return closeWith(subsegment, result, true);
    subsegment.close();
    return result;
  };
}

/** It ends with its last command, and with the first error. All are sent before the first is answered. */
function followPipeline(pipeline: Pipeline, result: PromiseLike<unknown>): void {
  pipeline.waiting += 1;
  const end = (error?: unknown): void => {
    pipeline.error ??= error;
    pipeline.waiting -= 1;
    if (pipeline.waiting === 0) pipeline.subsegment?.close(pipeline.error, true);
  };
  result.then(() => end(), end);
}

function openCommand(client: object, operation: string): Subsegment | undefined {
  const parent = quietParent();
  if (parent === undefined || parent.notTraced === true) return undefined;
  const { host, database } = addressOf(client);
  const subsegment = openCall(`redis@${host}`, parent);
  subsegment?.addMetadata('db.system.name', 'redis');
  subsegment?.addMetadata('db.operation.name', operation);
  if (typeof database === 'number') subsegment?.addMetadata('db.namespace', String(database));
  return subsegment;
}

/** ioredis has host and db among its options, redis has socket.host and database. */
function addressOf(client: object): { readonly host: string; readonly database: unknown } {
  const found: unknown = Reflect.get(client, 'options');
  const options = isRecord(found) ? found : {};
  const socket = isRecord(options['socket']) ? options['socket'] : {};
  const host = textOr(socket['host'] ?? options['host'] ?? socket['path'] ?? options['path'], 'localhost');
  return { host, database: options['db'] ?? options['database'] };
}

/** A command object, or its words. */
function nameOf(command: unknown): string {
  const name = Array.isArray(command) ? command[0] : isRecord(command) ? command['name'] : undefined;
  return (typeof name === 'string' || Buffer.isBuffer(name) ? name.toString() : 'COMMAND').toUpperCase();
}
