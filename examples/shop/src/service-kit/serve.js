import { once } from 'node:events';
import { withPlainStack } from './plain-stack.js';

// A service goes when main.js goes, however that ended.
process.once('disconnect', () => process.exit());

/**
 * Express 4 does not wait for promises: this hands a rejected one to the error middleware.
 * @param {(request: import('express').Request<Record<string, string>>, response: import('express').Response) => Promise<void>} handle
 * @returns {import('express').RequestHandler}
 */
export function handler(handle) {
  return async (request, response, next) => {
    try {
      await handle(request, response);
    } catch (error) {
      next(withPlainStack(error));
    }
  };
}

/** Listens, and tells main.js the port. @param {import('express').Express} app */
export async function serve(app) {
  app.use(answerError);
  const server = app.listen(Number(process.env.SHOP_PORT ?? 0), '127.0.0.1');
  await once(server, 'listening');
  // Longer than callers let a connection rest, so that none is closed just as it is used again.
  server.keepAliveTimeout = 60_000;
  process.send?.({ port: server.address().port }, (error) => error && process.exit());
}

// Stands after closeSegment(), which has recorded the error by then. Four parameters make it error middleware.
function answerError(error, _request, response, _next) {
  response.status(error.status ?? 500).json({ error: error.message });
}
