import { Agent, request } from 'node:http';

/** Calls to a server over connections that stay open; those at rest keep no process from ending. */
export function createClient(address, socketsMax = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax });
  const [host, port] = address.split(':');

  /** Resolves with the status and the text of the answer. */
  function send(method, path, body) {
    return new Promise((resolve, reject) => {
      const headers = body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length };
      const call = request({ agent, host, port, method, path, headers }, (answer) => {
        const parts = [];
        answer.on('data', (data) => parts.push(data));
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
        answer.once('error', reject);
      });
      call.once('error', reject);
      call.end(body ?? undefined);
    });
  }

  async function askText(method, path, body) {
    const { status, text } = await send(method, path, body);
    if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 500)}`);
    return text;
  }

  const ask = async (method, path, body) => JSON.parse(await askText(method, path, body));

  return {
    /** A body as bytes; any status. */
    send: (path, bytes) => send('POST', path, bytes),
    get: (path) => ask('GET', path, null),
    post: (path, input) => ask('POST', path, Buffer.from(JSON.stringify(input))),
    /** The same answer as it came. */
    postText: (path, input) => askText('POST', path, Buffer.from(JSON.stringify(input))),
    close: () => agent.destroy(),
  };
}
