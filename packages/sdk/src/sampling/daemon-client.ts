import { bareRequest } from '../bare-http.ts';
import { getDaemonAddress } from '../send/daemon-config.ts';
import { JSONL_PORT_HEADER, noteDaemonAnswer } from '../send/jsonl-receiver.ts';

/** Of a whole call, its answer included. */
const CALL_MS_MAX = 2_000;
/** A larger answer is cut off: 25 rules are some kilobytes. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export type PostJson = (path: string, body: object) => Promise<unknown>;

/** Calls the daemon's TCP port. Only while a connection is being made does it keep a process alive. @throws Error for everything but a 200 with JSON */
export const postToDaemon: PostJson = (path, body) => {
  const address = getDaemonAddress();
  const { host, port } = address.tcp;
  const payload = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => {
      request.destroy();
      reject(new Error(`${path} of the X-Ray daemon at ${host}:${port}: ${problem}`));
    };
    const failUnanswered = (problem: string): void => {
      noteDaemonAnswer(address, undefined);
      fail(problem);
    };
    const timer = setTimeout(() => failUnanswered(`no answer within ${CALL_MS_MAX} ms`), CALL_MS_MAX);
    timer.unref();
    const headers = { 'content-type': 'application/json', 'content-length': payload.length };
    const request = bareRequest({ host, port, path, method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) fail(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
        else chunks.push(chunk);
      });
      response.on('error', (error) => failUnanswered(error.message));
      response.on('end', () => {
        clearTimeout(timer);
        noteDaemonAnswer(address, response.headers[JSONL_PORT_HEADER]);
        if (response.statusCode !== 200) {
          fail(`status ${response.statusCode}`);
          return;
        }
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch {
          fail('the answer is no JSON');
        }
      });
    });
    request.on('socket', (socket) => socket.unref());
    request.on('error', (error) => {
      clearTimeout(timer);
      failUnanswered(error.message);
    });
    request.end(payload);
  });
};
