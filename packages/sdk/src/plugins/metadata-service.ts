import { bareRequest } from '../bare-http.ts';

/** Of one call. A machine that is not in AWS answers nothing at this address. */
const CALL_MS_MAX = 1_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const RETRIES_MAX = 5;
const RETRY_AFTER_MS = 250;

export interface MetadataCall {
  readonly host: string;
  readonly port?: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer's text. Only while a connection is being made does it keep a process alive. @throws Error when there is none; a 5xx is asked for again */
export async function askMetadata(call: MetadataCall): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const { status, text } = await ask(call);
    if (status === 200) return text;
    if (status < 500 || attempt >= RETRIES_MAX) throw new Error(`${call.path} of ${call.host}: status ${status}`);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, RETRY_AFTER_MS).unref();
    });
  }
}

function ask(call: MetadataCall): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => {
      request.destroy();
      reject(new Error(`${call.path} of ${call.host}: ${problem}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${CALL_MS_MAX} ms`), CALL_MS_MAX);
    timer.unref();
    const request = bareRequest({ ...call, headers: { ...call.headers }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > ANSWER_BYTES_MAX) fail(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    request.on('socket', (socket) => socket.unref());
    request.on('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    request.end();
  });
}
