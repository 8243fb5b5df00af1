import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';

// Loaded into the server with --import: its Date.now() is then what was last posted here, in milliseconds since 1970,
// so that hours of sampling pass in seconds. The server itself is as it is shipped.

if (isMainThread) {
  let nowMs;
  const realNow = Date.now;
  Date.now = () => nowMs ?? realNow();

  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    request.once('end', () => {
      nowMs = Number(text);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () =>
    process.stdout.write(`clock listening on http://127.0.0.1:${server.address().port}\n`),
  );
  // A client on a busy machine may take its time between two calls.
  server.keepAliveTimeout = 0;
  server.unref();
}
