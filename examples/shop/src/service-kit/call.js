import dns from 'node:dns';
import http from 'node:http';
import { once } from 'node:events';

/** A service that takes longer than this is as good as down. */
const ANSWER_MS_MAX = 10_000;

/** @type {Map<string, string>} the base URL of each neighbour; main.js sends them when all are up */
const neighbours = new Map();
process.on('message', (message) => {
  for (const [name, url] of Object.entries(message.neighbours ?? {})) neighbours.set(name, url);
});

// The shop's hosts file: names of the example live on this machine. With real names in the URLs, the service map
// and the traces say "api.bank.example" where they would otherwise say "127.0.0.1" for everything.
const agent = new http.Agent({
  keepAlive: true,
  lookup(hostname, options, callback) {
    if (!/\.(internal|example)$/.test(hostname)) dns.lookup(hostname, options, callback);
    else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  },
});

/**
 * Calls another service with JSON. The X-Ray SDK makes a subsegment of it and adds the trace header: nothing here
 * knows about tracing. An answer of any status is an answer; only a broken connection throws.
 * @param {string} service
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {string} path
 * @param {unknown} [content]
 * @returns {Promise<{ status: number, body: any }>}
 */
export async function call(service, method, path, content) {
  const base = neighbours.get(service);
  if (base === undefined) throw new Error(`nobody said where ${service} is`);
  const { hostname, port } = new URL(base);
  const headers = { 'content-type': 'application/json' };
  const request = http.request({ agent, hostname, port, method, path, headers, timeout: ANSWER_MS_MAX });
  request.on('timeout', () => request.destroy(new Error(`${service} did not answer within ${ANSWER_MS_MAX} ms`)));
  request.end(content === undefined ? undefined : JSON.stringify(content));

  const [response] = await once(request, 'response');
  // The SDK closes its subsegment at the end of the answer, so the answer must always be read.
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const isJson = response.headers['content-type']?.includes('json') ?? false;
  return { status: response.statusCode, body: isJson ? JSON.parse(text) : text };
}
