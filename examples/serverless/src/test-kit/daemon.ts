import dgram from 'node:dgram';
import { once } from 'node:events';
import { vi } from 'vitest';

export interface Entity {
  readonly id: string;
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly origin?: string;
  readonly in_progress?: boolean;
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly links?: readonly { readonly trace_id: string; readonly id: string }[];
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly cause?: { readonly exceptions?: readonly { readonly type: string; readonly message: string }[] };
  readonly subsegments?: readonly Entity[];
}

export type Daemon = Awaited<ReturnType<typeof startDaemon>>;

const DOCUMENTS_MS_MAX = 20_000;

/** What stands where the X-Ray daemon would. */
export async function startDaemon() {
  const documents: Entity[] = [];
  const udp = dgram.createSocket('udp4');
  udp.on('message', (datagram) => {
    const text = datagram.toString();
    documents.push(JSON.parse(text.slice(text.indexOf('\n') + 1)));
  });
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const done = (traceId: string): readonly Entity[] =>
    documents.filter(({ trace_id, in_progress }) => trace_id === traceId && in_progress !== true);
  return {
    address: `127.0.0.1:${udp.address().port}`,
    /** The finished documents of a trace, when there are so many. */
    take: (traceId: string, count: number): Promise<readonly Entity[]> =>
      vi.waitFor(() => {
        const found = done(traceId);
        if (found.length < count) throw new Error(`${found.length} of ${count} documents have come`);
        return found;
      }, DOCUMENTS_MS_MAX),
    all: (): readonly Entity[] => documents,
    close: (): void => void udp.close(),
  };
}
