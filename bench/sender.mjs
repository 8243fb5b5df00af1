import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './children.mjs';
import { pinned } from './server.mjs';

/** A load generator in a process of its own, with its bodies encoded. `core` pins it. */
export async function startSender({ address, data, seed, callsAtOnce = 8, documentsACall = 50, core = null }) {
  const sender = await start('send', { address, data, seed, callsAtOnce, documentsACall }, core);
  return {
    ...sender,
    /** `perSecond` null: as fast as it goes. */
    send: (seconds, perSecond = null) => sender.send({ seconds, perSecond }),
  };
}

/** The same for spans of D2 in OTLP or Zipkin, to a URL. What it has sent names `sampleCount` traces, all of whose spans were. */
export async function startSpanSender({ endpoint, dialect, seed, callsAtOnce = 8, spansABody = 500, bodyCount = 200 }) {
  const sender = await start('send-spans', { endpoint, dialect, seed, callsAtOnce, spansABody, bodyCount }, null);
  return {
    ...sender,
    send: (seconds, { perSecond = null, sampleCount = 0 } = {}) => sender.send({ seconds, perSecond, sampleCount }),
  };
}

async function start(name, settings, core) {
  const program = fileURLToPath(new URL(`processes/${name}.mjs`, import.meta.url));
  const [command, args] = pinned(core, process.execPath, [program, JSON.stringify(settings)]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  endWithUs(child);
  const ended = once(child, 'exit');

  async function answer(kind) {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => Promise.reject(new Error(`the load generator ended with ${code}`))),
    ]);
    if (message.kind !== kind) throw new Error(`the load generator said ${message.kind}`);
    return message;
  }

  await answer('ready');
  return {
    async send(load) {
      child.send(load);
      return (await answer('sent')).sent;
    },
    async stop() {
      child.kill();
      await ended.catch(() => {});
    },
  };
}
