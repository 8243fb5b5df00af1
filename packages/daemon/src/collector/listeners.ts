import type { Consumer, ServerTls } from '@fluoroscope/pipeline';
import type { ListenerPlan, OpenListener, ReceiverPort } from './components/component.ts';
import { readServerTls } from './components/tls.ts';
import { messageOf, type CollectorConfig, type GraphParts } from './graph.ts';

interface Listening {
  readonly listener: OpenListener;
  readonly protocol: string;
  /** Where its documents go now. */
  port: ReceiverPort;
}

/** Open ports. Those that the next configuration has too stay open through a reload. */
export interface Listeners extends AsyncDisposable {
  /** Opens what is not open, points all at these inputs, and closes what is not wanted. Rejects, with everything as it was, when a port cannot be had. */
  readonly change: (config: CollectorConfig, inputs: ReadonlyMap<string, Consumer>) => Promise<void>;
  readonly addresses: () => readonly { readonly protocol: string; readonly address: string }[];
}

interface Wanted {
  readonly plan: ListenerPlan;
  readonly port: ReceiverPort;
}

export function createListeners(parts: GraphParts): Listeners {
  const open = new Map<string, Listening>();

  async function close(keys: readonly string[]): Promise<void> {
    const closing = keys.flatMap((key) => open.get(key) ?? []);
    for (const key of keys) open.delete(key);
    await Promise.all(closing.map(async ({ listener }) => listener[Symbol.asyncDispose]()));
  }

  async function start(key: string, { plan, port }: Wanted, tls: ServerTls | null): Promise<void> {
    const listening: { current: Listening | null } = { current: null };
    const listener = await plan.open(() => listening.current?.port ?? port, tls);
    listening.current = { listener, protocol: plan.protocol, port };
    open.set(key, listening.current);
  }

  return {
    async change(config, inputs) {
      const wanted = wantedOf(config, inputs, parts);
      const certificates = await readCertificates(wanted);
      const started: string[] = [];
      try {
        for (const [key, one] of wanted) {
          if (open.has(key)) continue;
          await start(key, one, certificates.get(key) ?? null);
          started.push(key);
        }
      } catch (error) {
        await close(started);
        throw error;
      }
      for (const [key, { port }] of wanted) {
        const listening = open.get(key);
        if (listening === undefined) continue;
        listening.port = port;
        const tls = certificates.get(key);
        if (tls !== undefined && !started.includes(key)) listening.listener.renewTls(tls);
      }
      await close([...open.keys()].filter((key) => !wanted.has(key)));
    },
    addresses: () => [...open.values()].map(({ protocol, listener }) => ({ protocol, address: listener.address })),
    [Symbol.asyncDispose]: () => close([...open.keys()]),
  };
}

/** By listener; read and tried before anything is changed. */
async function readCertificates(wanted: ReadonlyMap<string, Wanted>): Promise<ReadonlyMap<string, ServerTls>> {
  const read = new Map<string, ServerTls>();
  for (const [key, { plan }] of wanted) {
    if (plan.tls === null) continue;
    try {
      read.set(key, await readServerTls(plan.tls));
    } catch (cause) {
      throw new Error(`${plan.protocol}: ${messageOf(cause)}`, { cause });
    }
  }
  return read;
}

function wantedOf(
  config: CollectorConfig,
  inputs: ReadonlyMap<string, Consumer>,
  { metrics, log }: GraphParts,
): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const [id, plans] of config.receivers) {
    const next = inputs.get(id);
    if (next === undefined) continue;
    const port: ReceiverPort = {
      next,
      events: {
        accepted: (count) => metrics.accepted(id, count),
        refused: (count, reason, message) => {
          metrics.refused(id, count, reason);
          log.seldom(`receiver ${id} ${reason}`, message);
        },
        turnedAway: (count) => metrics.turnedAway(id, count),
        dropped: (count, reason) => {
          metrics.lost(id, count, reason);
          log.seldom(`receiver ${id}`, `${count} documents lost: ${reason}`);
        },
        troubled: (what, error) => log.seldom(`receiver ${id}`, `${what}: ${messageOf(error)}`),
      },
    };
    // Of several with any free port each is one of its own.
    for (const plan of plans) wanted.set(plan.address === null ? `${plan.key} ${id}` : plan.key, { plan, port });
  }
  return wanted;
}
