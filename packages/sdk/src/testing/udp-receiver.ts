import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseDocument, timeUsFromSeconds, type JsonObject } from '@fluoroscope/model';

const HOUR_US = 3600e6;

export interface UdpReceiver {
  close(): Promise<void>;
  readonly address: string;
  /** Waits until that many documents have come since the beginning. Each was accepted by the server's parser as it is. */
  take(count: number): Promise<readonly JsonObject[]>;
  /** Of each datagram, in bytes. */
  readonly sizes: readonly number[];
}

/** A daemon on a free port that holds every document against the server's parser. */
export async function openUdpReceiver(): Promise<UdpReceiver> {
  const socket = createSocket('udp4');
  const documents: JsonObject[] = [];
  const sizes: number[] = [];
  const waiting: (() => void)[] = [];
  let closed = false;
  socket.on('message', (message) => {
    sizes.push(message.length);
    documents.push(...readDatagram(message.toString()));
    for (const wake of waiting.splice(0)) wake();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    sizes,
    async take(count) {
      while (documents.length < count) await new Promise<void>((resolve) => void waiting.push(resolve));
      return documents;
    },
    async close() {
      if (closed) return;
      closed = true;
      await new Promise<void>((resolve) => void socket.close(() => resolve()));
    },
  };
}

export function readDatagram(text: string): readonly JsonObject[] {
  const [header, ...lines] = text.split('\n');
  if (header === '{"format":"jsonl","version":1}') return lines.filter((line) => line !== '').map(readDocument);
  if (header !== '{"format":"json","version":1}') throw new Error(`header: ${header}`);
  return [readDocument(lines.join('\n'))];
}

/** The document as the server keeps it. @throws Error when it is refused */
export function readDocument(text: string): JsonObject {
  const options = {
    nowUs: timeUsFromSeconds(Date.now() / 1000),
    pastUsMax: HOUR_US,
    futureUsMax: HOUR_US,
    documentBytesMax: 65_536,
  };
  const [parsed] = parseDocument(text, options);
  if (parsed === undefined || !parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed)} ${text.slice(0, 300)}`);
  const document: JsonObject = JSON.parse(parsed.value.text);
  return document;
}
