import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

export type Document = Readonly<Record<string, unknown>>;

const ROOT = '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa';
const PARENT = '53995c3f42cd8ad8';

/** Requests, one after the other: path, headers, and how many documents they make. */
export const REQUESTS: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['/hello?secret=1', {}, 1],
  ['/hello', { 'x-amzn-trace-id': `Root=${ROOT};Parent=${PARENT};Sampled=1`, 'user-agent': 'me' }, 1],
  ['/hello', { 'x-amzn-trace-id': `Root=${ROOT};Sampled=0` }, 0],
  ['/hello', { 'x-amzn-trace-id': `Root=${ROOT};Sampled=?` }, 1],
  ['/hello', { 'x-amzn-trace-id': `Self=1-2-3;Root=${ROOT};Lineage=a:1|b:2` }, 1],
  ['/hello', { 'x-forwarded-for': '1.2.3.4, 5.6.7.8', host: 'shop.example:8080' }, 1],
  ['/nested', {}, 1],
  ['/sql', {}, 1],
  ['/call/200', {}, 2],
  ['/call/404', {}, 2],
  ['/call/429', {}, 2],
  ['/call/503', {}, 2],
  ['/refused', {}, 1],
  ['/missing', {}, 1],
  ['/leaf/429', {}, 1],
  ['/leaf/500', {}, 1],
  ['/thrown', {}, 1],
  ['/told', {}, 1],
  ['/inside', {}, 1],
  ['/flags', {}, 1],
];

export interface Run {
  /** In the order in which they came. */
  readonly documents: readonly Document[];
  /** Of each request: status and trace header of the answer. */
  readonly answers: readonly (readonly [number | undefined, string | undefined])[];
}

/** Starts `app.cjs` of the folder, makes the requests, and one that the client leaves. */
export async function runApplication(folder: string): Promise<Run> {
  const socket = createSocket('udp4');
  const documents: Document[] = [];
  const wake = new EventTarget();
  socket.on('message', (message) => {
    const [, ...lines] = message.toString().split('\n');
    documents.push(JSON.parse(lines.join('\n')));
    wake.dispatchEvent(new Event('document'));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${socket.address().port}` };
  const child = spawn(process.execPath, ['app.cjs'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  const have = async (count: number): Promise<void> => {
    while (documents.length < count) await once(wake, 'document');
  };
  const answers: (readonly [number | undefined, string | undefined])[] = [];
  let expected = 0;
  for (const [path, headers, count] of REQUESTS) {
    answers.push(await ask(port, path, headers));
    expected += count;
    await have(expected);
  }
  const leaving = connect(port, '127.0.0.1');
  await once(leaving, 'connect');
  leaving.write('GET /left HTTP/1.1\r\nhost: shop\r\n\r\n', () => leaving.destroy());
  await have(expected + 1);
  child.stdin.end();
  await once(child, 'exit');
  socket.close();
  return { documents, answers };
}

async function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly [number | undefined, string | undefined]> {
  const asked = request({ host: '127.0.0.1', port, path, headers: { host: 'shop', ...headers } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return [response.statusCode, response.headers['x-amzn-trace-id']?.toString()];
}
