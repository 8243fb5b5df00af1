import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { currentSegment, enableAutomaticMode, enableManualMode, withSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { openLog } from '../testing/log.ts';
import { callsOf, inSegment, printCalls } from '../testing/traced.ts';
import { captureMongoDB } from './mongodb.ts';
import { Patches, uncapture } from './patches.ts';
import { captureRedis } from './redis.ts';

const operationsOf = (segment: Segment): readonly unknown[] =>
  callsOf(segment).map(
    ({ metadata }) => (metadata as { default: Record<string, unknown> }).default['db.operation.name'],
  );

/** As ioredis: command objects, with a stream when they are in a pipeline. */
class IoRedis {
  options = { host: 'h', db: 2 };
  ready = true;
  pipeline(): void {}
  sendCommand(
    command: { name: string; fail?: boolean; promise?: Promise<unknown> },
    stream?: object,
  ): Promise<unknown> {
    if (!this.ready) {
      this.ready = true;
      return this.sendCommand(command, stream);
    }
    return command.fail === true ? Promise.reject(new Error('wrong kind')) : Promise.resolve('secret');
  }
}

/** As redis: what is handed out inherits from the client that does the work. */
class NodeRedis {
  options = { socket: { host: 'h' }, database: 1 };
  _self = this;
  sendCommand(words: readonly string[]): Promise<unknown> {
    return words[1] === 'bad' ? Promise.reject(new Error('wrong kind')) : Promise.resolve('secret');
  }
  get(key: string): Promise<unknown> {
    return this._self.sendCommand(['get', key]);
  }
  multi() {
    return { exec: () => Promise.resolve([]), execAsPipeline: () => Promise.reject(new Error('gone')) };
  }
}

test('ioredis: commands; a pipeline is one call; sent again is once', async () => {
  const client = new IoRedis();
  captureRedis(client);
  const segment = await inSegment(async () => {
    client.ready = false;
    await client.sendCommand({ name: 'set' });
    await client.sendCommand({ name: 'incr', fail: true }).catch(() => {});
    const [one, two] = [{ isPipeline: true }, { isPipeline: true }];
    await Promise.all([client.sendCommand({ name: 'get' }, one), client.sendCommand({ name: 'get' }, one)]);
    const sent = ['multi', 'set', 'exec'].map((name) => client.sendCommand({ name, fail: name === 'set' }, two));
    await Promise.allSettled(sent);
  });
  expect(printCalls(segment)).toEqual(['redis@h', 'redis@h!', 'redis@h', 'redis@h!']);
  expect(operationsOf(segment)).toEqual(['SET', 'INCR', 'PIPELINE', 'MULTI']);
  expect(segment.format()).not.toContain('secret');
});

test('redis: commands, chains, undone', async () => {
  const real = new NodeRedis();
  const client = Object.create(real) as NodeRedis;
  const undo = captureRedis(client);
  captureRedis(client);
  const run = async (): Promise<void> => {
    await client.get('a');
    await client.get('bad').catch(() => {});
    await client.multi().exec();
    await client
      .multi()
      .execAsPipeline()
      .catch(() => {});
  };
  const segment = await inSegment(run);
  expect(printCalls(segment)).toEqual(['redis@h', 'redis@h!', 'redis@h', 'redis@h!']);
  expect(operationsOf(segment)).toEqual(['GET', 'GET', 'MULTI', 'PIPELINE']);
  undo();
  expect(printCalls(await inSegment(run))).toEqual([]);
  expect([real.sendCommand === NodeRedis.prototype.sendCommand, Object.keys(client)]).toEqual([true, []]);
});

test('clients without a segment work on, and nobody is told', async () => {
  using log = openLog();
  const client = new NodeRedis();
  captureRedis(client);
  const unsampled = new Segment('shop');
  unsampled.notTraced = true;
  await inSegment(() => client.get('a'), unsampled);
  expect([await client.get('a'), unsampled.subsegments, log.errors]).toEqual(['secret', undefined, []]);
});

class MongoClient extends EventEmitter {
  options: object;
  constructor(monitorCommands: boolean) {
    super();
    this.options = { monitorCommands };
  }
}

const EVENT = { address: 'h:27017', connectionId: 1, databaseName: 'shop' };
const find = { commandName: 'find', command: { find: 'orders', filter: { secret: 1 } } };

test('mongodb: commands in any order, failures, undone; nothing of what they hold', async () => {
  const client = new MongoClient(true);
  const undo = captureMongoDB(client);
  const segment = await inSegment(() => {
    client.emit('commandStarted', { ...EVENT, requestId: 1, ...find });
    client.emit('commandStarted', {
      ...EVENT,
      requestId: 2,
      commandName: 'getMore',
      command: { collection: 'orders' },
    });
    client.emit('commandFailed', { ...EVENT, requestId: 2, failure: new Error('cursor gone') });
    client.emit('commandSucceeded', { ...EVENT, requestId: 1 });
    client.emit('commandSucceeded', { ...EVENT, requestId: 3 });
  });
  expect(printCalls(segment)).toEqual(['shop@h', 'shop@h!']);
  expect(operationsOf(segment)).toEqual(['find', 'getMore']);
  expect(segment.subsegments?.map(({ metadata }) => metadata?.['default']?.['db.collection.name'])).toEqual([
    'orders',
    'orders',
  ]);
  expect([segment.counter, segment.format().includes('secret')]).toEqual([0, false]);
  undo();
  expect(client.eventNames()).toEqual([]);
});

test('mongodb: heartbeats are nobody’s; a client that does not tell is told of', () => {
  using log = openLog();
  const client = new MongoClient(false);
  captureMongoDB(client);
  client.emit('commandStarted', { ...EVENT, requestId: 1, ...find });
  expect([currentSegment(), log.errors.length, log.errors[0]]).toEqual([
    undefined,
    1,
    expect.stringContaining('monitorCommands'),
  ]);
});

test('in manual mode a call belongs to the segment that is given, also after awaits', async () => {
  enableManualMode();
  try {
    const [redis, mongo, segment] = [new NodeRedis(), new MongoClient(true), new Segment('shop')];
    captureRedis(redis);
    captureMongoDB(mongo);
    await withSegment(segment, async () => {
      await redis.get('a');
      mongo.emit('commandStarted', { ...EVENT, requestId: 1, ...find });
    });
    mongo.emit('commandSucceeded', { ...EVENT, requestId: 1 });
    await redis.get('a');
    expect([printCalls(segment), segment.counter]).toEqual([['redis@h', 'shop@h'], 0]);
  } finally {
    enableAutomaticMode();
  }
});

test.each([captureRedis, captureMongoDB])('%o takes nothing else', (capture) => {
  expect(() => capture({})).toThrow(TypeError);
  expect(uncapture({})).toBe(false);
});

test('a replacement that somebody has wrapped passes calls on once it is undone', () => {
  const patches = new Patches();
  const target = { say: (): string => 'hello' };
  patches.replace(target, 'say', (say) => () => `${String(say())}!`);
  const ours = target.say;
  target.say = () => `${ours()}?`;
  expect(target.say()).toBe('hello!?');
  patches.undo();
  expect(target.say()).toBe('hello?');
});
