import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Cards that end like this are declined. */
const DECLINED_ENDING = '0002';

/**
 * The bank belongs to somebody else: it sends no segments and ignores the trace header. In the service map it is
 * the node that X-Ray infers from what the payment service says about its calls.
 */
export async function startBank() {
  const server = http.createServer((request, response) => {
    authorise(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://api.bank.example:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function authorise(request, response) {
  let text = '';
  for await (const chunk of request) text += chunk;
  await sleep(15 + Math.random() * 45);
  const approved = !JSON.parse(text).card.endsWith(DECLINED_ENDING);
  const answer = approved ? { approved } : { approved, reason: 'insufficient funds' };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
