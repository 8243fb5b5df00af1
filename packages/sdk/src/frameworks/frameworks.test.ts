import { once } from 'node:events';
import { createRequire } from 'node:module';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Hapi, { type Plugin } from '@hapi/hapi';
import { fastify } from 'fastify';
import { afterEach, expect, test, vi } from 'vitest';
import { enableAutomaticMode, enableManualMode, getSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { captureAsyncFunc } from '../capture/capture-functions.ts';
import { getLogger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { openLog } from '../testing/log.ts';
import { sent, untilSent } from '../testing/sent.ts';
import { readDocument } from '../testing/udp-receiver.ts';
import { express } from './express.ts';
import { fastifyPlugin } from './fastify.ts';
import { hapiPlugin } from './hapi.ts';
import { koa } from './koa.ts';
import { restify } from './restify.ts';

vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

const require = createRequire(import.meta.url);
const always = { shouldSample: (): boolean => true, setLocalRules: (): void => {} };
const ROOT = '1-5759e988-bd862e3fe1be46a994272793';

afterEach(() => {
  sent.length = 0;
  enableAutomaticMode();
});

/** What an application does for a path; each framework binds these to its own ways. */
interface Routes {
  /** Answers with the JSON of what it is given. */
  json(segment: unknown, body: string): object;
}

interface App {
  readonly port: number;
  close(): unknown;
}

type Start = (manual?: boolean) => Promise<App>;

const routes: Routes = {
  json: (segment, body) => ({ found: segment instanceof Segment ? segment.name : null, body }),
};

const failure = (status?: number): Error =>
  Object.assign(new Error('no stock'), status === undefined ? {} : { status, statusCode: status });

async function listen(server: Server): Promise<App> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.on('data', (chunk) => (text += String(chunk)));
  await new Promise<void>((resolve) => void request.on('end', resolve));
  return text;
}

/** As a body parser would, with callbacks: what follows runs where the listener was added. */
function withBody(request: IncomingMessage, then: (body: string) => void): void {
  let text = '';
  request.on('data', (chunk) => (text += String(chunk))).on('end', () => then(text));
}

function openChunks(): Readable {
  async function* chunks(): AsyncGenerator<string> {
    for (const chunk of ['a', 'b', 'c']) {
      await sleep(1);
      captureAsyncFunc(`chunk ${chunk}`, (subsegment) => subsegment?.close());
      yield chunk;
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}

interface ExpressLike {
  use(...handlers: unknown[]): void;
  get(
    path: string,
    handler: (request: ExpressIncoming, response: ExpressOutgoing, next: (error?: unknown) => void) => unknown,
  ): void;
  post(path: string, handler: (request: ExpressIncoming, response: ExpressOutgoing) => unknown): void;
}
type ExpressIncoming = IncomingMessage & { segment?: Segment };
type ExpressOutgoing = ServerResponse & { json(value: unknown): void; status(code: number): ExpressOutgoing };

const startExpress =
  (makeApp: () => ExpressLike, rejects: boolean): Start =>
  async (manual = false) => {
    const app = makeApp();
    if (manual) enableManualMode();
    const segmentOf = (request: ExpressIncoming): unknown => (manual ? request.segment : getSegment());
    app.use(express.openSegment('shop'));
    app.post('/echo', (request, response) =>
      withBody(request, (body) => response.json(routes.json(segmentOf(request), body))),
    );
    app.get('/stream', (_request, response) => void openChunks().pipe(response));
    app.get('/silent', () => {});
    app.get('/thrown', () => {
      throw failure();
    });
    app.get('/told', (_request, _response, next) => void setImmediate(() => next(failure(429))));
    app.get('/rejected', async (_request, _response, next) => {
      await sleep(1);
      if (!rejects) {
        next(failure());
        return;
      }
      throw failure();
    });
    app.use(express.closeSegment());
    app.use((error: { status?: number }, _request: unknown, response: ExpressOutgoing, _next: unknown) =>
      response.status(error.status ?? 500).json({}),
    );
    return listen(createServer(app as never));
  };

type KoaClass = new () => { use(handler: unknown): void; callback(): never; silent: boolean };

const startKoa =
  (Koa: KoaClass): Start =>
  async (manual = false) => {
    type Context = { req: IncomingMessage; path: string; body: unknown; respond: boolean; segment?: Segment };
    const app = new Koa();
    app.silent = true;
    if (manual) enableManualMode();
    app.use(koa.openSegment('shop'));
    app.use(async (context: Context) => {
      if (context.path === '/echo') {
        const body = await readBody(context.req);
        context.body = routes.json(manual ? context.segment : getSegment(), body);
      } else if (context.path === '/stream') context.body = openChunks();
      else if (context.path === '/silent') context.respond = false;
      else if (context.path === '/told') throw failure(429);
      else {
        if (context.path === '/rejected') await sleep(1);
        throw failure();
      }
    });
    return listen(createServer(app.callback()));
  };

const startFastify =
  (makeApp: typeof fastify): Start =>
  async (manual = false) => {
    const app = makeApp();
    await app.register(fastifyPlugin, { segmentName: 'shop', automaticMode: !manual });
    const segmentOf = (request: object): unknown => (manual ? Reflect.get(request, 'segment') : getSegment());
    app.addContentTypeParser('text/plain', (_request, payload, done) => withBody(payload, (body) => done(null, body)));
    app.post('/echo', (request, reply) => void reply.send(routes.json(segmentOf(request), String(request.body))));
    app.get('/stream', (_request, reply) => reply.send(openChunks()));
    app.get('/silent', () => new Promise(() => {}));
    app.get('/thrown', () => {
      throw failure();
    });
    app.get('/told', async () => {
      throw failure(429);
    });
    app.get('/rejected', async () => {
      await sleep(1);
      throw failure();
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { server } = app;
    return {
      port: (server.address() as AddressInfo).port,
      close: () => {
        server.closeAllConnections();
        return app.close();
      },
    };
  };

const startHapi: Start = async (manual = false) => {
  const server = Hapi.server({ port: 0, host: '127.0.0.1', debug: false });
  // An extension before ours that waits: Hapi goes on elsewhere.
  server.ext('onRequest', async (_request, h) => {
    await sleep(1);
    return h.continue;
  });
  await server.register({
    ...(hapiPlugin as unknown as { plugin: Plugin<object> }),
    options: { segmentName: 'shop', automaticMode: !manual, logger: getLogger() },
  });
  const segmentOf = (request: object): unknown => (manual ? Reflect.get(request, 'segment') : getSegment());
  server.route([
    {
      method: 'POST',
      path: '/echo',
      options: { payload: { parse: false, output: 'stream' } },
      handler: async (request) => {
        const body = await readBody(request.payload as IncomingMessage);
        return routes.json(segmentOf(request), body);
      },
    },
    { method: 'GET', path: '/stream', handler: () => openChunks() },
    { method: 'GET', path: '/silent', handler: () => new Promise<never>(() => {}) },
    {
      method: 'GET',
      path: '/thrown',
      handler: () => {
        throw failure();
      },
    },
    {
      method: 'GET',
      path: '/rejected',
      handler: async () => {
        await sleep(1);
        throw failure();
      },
    },
  ]);
  await server.start();
  return {
    port: Number(server.info.port),
    close: () => {
      server.listener.closeAllConnections();
      return server.stop({ timeout: 100 });
    },
  };
};

const startRestify: Start = async (manual = false) => {
  type Next = (error?: unknown) => void;
  type Handler = (
    request: IncomingMessage & { get?(key: string): unknown },
    response: ServerResponse & { send(body: unknown): void },
    next: Next,
  ) => unknown;
  const restifyModule = require('restify') as {
    createServer(options: object): {
      use(handler: unknown): void;
      get(path: string, ...handler: Handler[]): void;
      post(path: string, handler: Handler): void;
      server: Server;
      pre(h: unknown): void;
    };
    plugins: { pre: { context(): unknown } };
  };
  const server = restifyModule.createServer({ handleUncaughtExceptions: false });
  if (manual) enableManualMode();
  restify.enable(server, 'shop');
  server.post('/echo', (request, response, next) =>
    withBody(request, (body) => {
      response.send(routes.json(manual ? Reflect.get(request, 'segment') : getSegment(), body));
      next();
    }),
  );
  server.get('/stream', (_request, response, next) => {
    openChunks().pipe(response).on('finish', next);
  });
  server.get('/silent', (_request, _response, _next) => {});
  server.get('/thrown', (_request, _response, next) => next(failure()));
  server.get('/told', (_request, _response, next) => void setImmediate(() => next(failure(429))));
  server.get('/rejected', async () => {
    await sleep(1);
    throw failure();
  });
  return listen(server.server);
};

/** Restify 11 itself cannot be loaded from Node 24 on: its spdy asks for Node's old HTTP parser. */
const NODE_WITHOUT_RESTIFY = 24;
const hasRestify = Number.parseInt(process.versions.node, 10) < NODE_WITHOUT_RESTIFY;

const FRAMEWORKS: [string, Start][] = [
  ['express 4', startExpress(require('express') as never, false)],
  ['express 5', startExpress(require('express5') as never, true)],
  ['fastify 4', startFastify(require('fastify4') as never)],
  ['fastify 5', startFastify(fastify)],
  ['hapi', startHapi],
  ['koa 2', startKoa(require('koa2') as never)],
  ['koa 3', startKoa(require('koa') as never)],
  ...(hasRestify ? [['restify', startRestify] satisfies [string, Start]] : []),
];

/** Starts, asks, and gives the documents once there is one. */
async function run(
  start: Start,
  visit: (port: number) => Promise<unknown>,
  manual = false,
): Promise<readonly Record<string, unknown>[]> {
  middleware.sampler = always;
  using log = openLog();
  const app = await start(manual);
  try {
    await visit(app.port);
    await untilSent(1);
  } finally {
    await app.close();
  }
  expect(log.errors).toEqual([]);
  return sent.map(({ text }) => readDocument(text));
}

async function ask(port: number, path: string, body?: string): Promise<string> {
  const headers = { 'x-amzn-trace-id': `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`, 'content-type': 'text/plain' };
  const request = httpRequest({ port, path, method: body === undefined ? 'GET' : 'POST', headers });
  const [response] = (await once(request.end(body), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

test.each(FRAMEWORKS)('%s: the segment is there after the body was read, and is the document', async (name, start) => {
  let answer = '';
  const documents = await run(start, async (port) => (answer = await ask(port, '/echo', 'two')));
  expect(JSON.parse(answer)).toEqual({ found: 'shop', body: 'two' });
  expect(documents).toMatchObject([
    {
      name: 'shop',
      trace_id: ROOT,
      parent_id: '53995c3f42cd8ad8',
      http: {
        request: { method: 'POST' },
        // Fastify hands its headers straight to Node.
        response: { status: 200, ...(!name.startsWith('fastify') && { content_length: answer.length }) },
      },
    },
  ]);
});

test.each(['express', 'express5'])('%s: a mounted application, and a plain router, have it too', async (name) => {
  const makeApp = require(name) as (() => ExpressLike) & { Router(): ExpressLike };
  const answers: string[] = [];
  const start: Start = () => {
    const [app, mounted, router] = [makeApp(), makeApp(), makeApp.Router()];
    for (const each of [mounted, router]) {
      each.post('/echo', (request, response) =>
        withBody(request, (body) => response.json(routes.json(getSegment(), body))),
      );
    }
    app.use(express.openSegment('shop'));
    app.use('/mounted', mounted);
    app.use('/router', router);
    return listen(createServer(app as never));
  };
  await run(start, async (port) => {
    for (const path of ['/mounted/echo', '/router/echo']) answers.push(await ask(port, path, 'two'));
  });
  const expected = { found: 'shop', body: 'two' };
  expect(answers.map((answer) => JSON.parse(answer))).toEqual([expected, expected]);
});

test.each(FRAMEWORKS)('%s: in manual mode the request has it', async (_, start) => {
  let answer = '';
  await run(start, async (port) => (answer = await ask(port, '/echo', 'two')), true);
  expect(JSON.parse(answer)).toEqual({ found: 'shop', body: 'two' });
});

test.each(FRAMEWORKS)('%s: requests at the same time keep their own segments', async (_, start) => {
  const asked = 5;
  await run(start, async (port) => {
    await Promise.all(Array.from({ length: asked }, (_each, at) => ask(port, '/echo', String(at))));
    await untilSent(asked);
  });
  expect(new Set(sent.map(({ text }) => readDocument(text)['id'])).size).toBe(asked);
});

test.each(FRAMEWORKS)(
  '%s: a body that is streamed is in the segment, with the calls that make it',
  async (_, start) => {
    const [document] = await run(start, async (port) => expect(await ask(port, '/stream')).toBe('abc'));
    const { subsegments } = document as { subsegments: { name: string }[] };
    expect(subsegments.map(({ name }) => name)).toEqual(['chunk a', 'chunk b', 'chunk c']);
  },
);

const errors = FRAMEWORKS.flatMap<[string, string, Start, number]>(([name, start]) => [
  [name, '/thrown', start, 500],
  [name, '/rejected', start, 500],
  ...(name === 'hapi' ? [] : ([[name, '/told', start, 429]] as [string, string, Start, number][])),
]);

test.each(errors)('%s: an error %s is recorded once, with the status that was sent', async (_, path, start, status) => {
  const [document, ...others] = await run(start, (port) => ask(port, path));
  expect(others).toEqual([]);
  expect(document).toMatchObject({
    fault: true,
    http: { response: { status } },
    cause: { exceptions: [{ message: 'no stock' }] },
    ...(status === 429 && { throttle: true, error: true }),
  });
});

test.each(FRAMEWORKS)('%s: a client that goes away leaves no segment open', async (_, start) => {
  const documents = await run(start, async (port) => {
    const socket = connect(port, '127.0.0.1');
    const opened = new Promise<void>((resolve) => {
      middleware.sampler = { ...always, shouldSample: () => (resolve(), true) };
    });
    socket.write('GET /silent HTTP/1.1\r\nhost: a\r\n\r\n');
    await opened;
    socket.destroy();
  });
  expect(documents).toMatchObject([{ name: 'shop', http: { request: { method: 'GET' } } }]);
  expect(documents[0]).not.toHaveProperty('http.response');
});

test.each<[string, () => unknown]>([
  ['express', () => express.openSegment('')],
  ['koa', () => koa.openSegment(undefined as never)],
  ['restify', () => restify.enable({ use: () => {} }, '')],
])('%s: a name is required', (_, open) => {
  expect(open).toThrow('Default segment name was not supplied');
});

test('fastify: a name is required', async () => {
  await expect(fastifyPlugin({} as never, {})).rejects.toThrow('segmentName is required');
});

test('hapi: without a name it is that of the package', async () => {
  await Hapi.server().register({ ...(hapiPlugin as never as { plugin: never }), options: { logger: getLogger() } });
  expect(middleware.resolveName()).toMatch(/^fluoroscope-workspace_v1$/);
});

test('hapi: a request that is injected has its segment too', async () => {
  middleware.sampler = always;
  const server = Hapi.server();
  await server.register({
    ...(hapiPlugin as never as { plugin: never }),
    options: { segmentName: 'shop', logger: getLogger() },
  });
  server.route({ method: 'GET', path: '/', handler: () => String(getSegment()?.name) });
  expect((await server.inject('/')).payload).toBe('shop');
});
