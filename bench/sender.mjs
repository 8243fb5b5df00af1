import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './children.mjs';
import { pinned } from './server.mjs';

const PROGRAM = fileURLToPath(new URL('processes/send.mjs', import.meta.url));

/** A load generator in a process of its own, with its bodies encoded. `core` pins it. */
export async function startSender({ address, data, seed, callsAtOnce = 8, documentsACall = 50, core = null }) {
  const settings = JSON.stringify({ address, data, seed, callsAtOnce, documentsACall });
  const [command, args] = pinned(core, process.execPath, [PROGRAM, settings]);
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
    /** `perSecond` null: as fast as it goes. */
    async send(seconds, perSecond = null) {
      child.send({ seconds, perSecond });
      return (await answer('sent')).sent;
    },
    async stop() {
      child.kill();
      await ended.catch(() => {});
    },
  };
}
