/** `npx tsx --conditions=source packages/server/src/http/access-hook.bench.ts` */
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { createKey } from '../access/manage-keys.ts';
import { signByAws } from '../access/testing/aws-signer.ts';
import { openAppRig } from '../testing/app-rig.ts';
import { addAccessHook } from './access-hook.ts';
import { createBodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

const RUNS = 5_000;
const ROUNDS = 5;

// One request at a time through a server that answers nothing: first without the hook, then with it.
await using rig = await openAppRig({ flags: ['--request-rate', ''] });
const documents = Array.from({ length: 50 }, () => JSON.stringify({ name: 'shop', text: 'x'.repeat(700) }));
const small = '{"StartTime":1,"EndTime":2}';
const large = JSON.stringify({ TraceSegmentDocuments: documents });
const bare = await openApp(false);
const hooked = await openApp(true);

const open = { method: 'POST', url: '/x', headers: { host: 'localhost:2000' } } as const;
await compare('open', { ...open, body: small });
await compare(`open, ${large.length} bytes`, { ...open, body: large });

const key = await createKey(rig.dataDir, '', ['admin']);
await rig.app.access.ring.refresh();
if (rig.app.access.gate.mode() !== 'keys') throw new Error('still open');
const bearer = { ...open.headers, authorization: `Bearer ${key.id}:${key.secret}` };
await compare('bearer', { ...open, headers: bearer, body: small });
for (const body of [small, large]) {
  const { headers } = await signByAws(key, { path: '/x', body });
  await compare(`SigV4, ${body.length} bytes`, { ...open, headers, body });
}

async function openApp(isHooked: boolean): Promise<FastifyInstance> {
  const app = fastify({ logger: false });
  const bodies = createBodyReader();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const access = isHooked ? addAccessHook(app, rig.app.access, bodies) : null;
  app.post('/x', { config: nameRequest('get-trace-summaries') }, async (request, reply) => {
    await bodies.read(request.raw, reply.raw);
    access?.authorize(request, 'get-trace-summaries', {});
    return '';
  });
  await app.ready();
  return app;
}

/** The best of some rounds each, taken in turns: another process's work is in none of them. */
async function compare(name: string, request: InjectOptions): Promise<void> {
  const { statusCode } = await hooked.inject(request);
  if (statusCode !== 200) throw new Error(`${name}: ${statusCode}`);
  let without = Number.POSITIVE_INFINITY;
  let having = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    without = Math.min(without, await measure(bare, request));
    having = Math.min(having, await measure(hooked, request));
  }
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(
    `${name}: ${(having - without).toFixed(1)} µs CPU a request, beside ${without.toFixed(1)} without the hook`,
  );
}

async function measure(app: FastifyInstance, request: InjectOptions): Promise<number> {
  const started = process.cpuUsage();
  for (let run = 0; run < RUNS; run += 1) await app.inject(request);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / RUNS;
}
