import { connect } from 'node:net';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createKey } from '../access/manage-keys.ts';
import { openAppRig } from '../testing/app-rig.ts';
import { readTlsFiles } from './tls.ts';

const CERT = fileURLToPath(new URL('testing/localhost.cert.pem', import.meta.url));
const KEY = fileURLToPath(new URL('testing/localhost.key.pem', import.meta.url));

test('with a certificate the port speaks TLS, and nothing else', async () => {
  await using rig = await openAppRig({ flags: ['--tls-cert', CERT, '--tls-key', KEY] });
  const { id: keyId, secret } = await createKey(rig.dataDir, '', ['read']);
  await rig.app.access.ring.refresh();
  const { port } = new URL(await rig.app.http.listen({ host: '127.0.0.1', port: 0 }));
  const answer = await post(Number(port), '/api/login', JSON.stringify({ keyId, secret }));
  expect(answer).toMatchObject({ status: 200, cookie: expect.stringMatching(/; Secure$/) });
  expect(JSON.parse(answer.body)).toEqual({ keyId });
  const plain = connect(Number(port), '127.0.0.1').on('error', () => {});
  plain.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect(await text(plain).catch(() => '')).not.toContain('HTTP/1.1 200');
});

test.each([
  [{ tlsCert: CERT, tlsKey: null }, /--tls-key is missing/],
  [{ tlsCert: null, tlsKey: KEY }, /--tls-cert is missing/],
  [{ tlsCert: '/nowhere', tlsKey: KEY }, /--tls-cert: .*cannot be read/],
  [{ tlsCert: KEY, tlsKey: CERT }, /no certificate and its key/],
])('%j is refused', async (settings, why) => {
  await expect(readTlsFiles(settings)).rejects.toThrow(why);
});

test('without the settings there is none', async () => {
  expect(await readTlsFiles({ tlsCert: null, tlsKey: null })).toBeNull();
});

function post(port: number, path: string, body: string): Promise<{ status: number; cookie: string; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, path, method: 'POST', ca: readFileSync(CERT), agent: false };
    request({ ...options, family: 4 }, (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((answer) => resolve({ status, cookie: String(headers['set-cookie']), body: answer }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
