// A datagram is decoded to text, counted and kept; nothing of it is parsed, and no promise is made.
import {
  openXrayUdpListener,
  PipelineError,
  receiveXrayUdp,
  watchKernelDrops,
  type XrayUdpListener,
} from '@fluoroscope/pipeline/xray';
import { createBatcher, type Batch } from './batcher.ts';
import { DaemonError } from './daemon-error.ts';
import type { IntakeReport } from './events.ts';
import type { Address } from './settings.ts';
import { bindHost } from './surroundings.ts';

export interface Intake extends AsyncDisposable {
  readonly address: Address;
  /** What the kernel granted; asked for more, it cuts. */
  readonly receiveBufferBytes: number;
  /** What has gathered is handed on. */
  readonly flush: () => void;
}

export interface IntakeOptions {
  readonly at: Address;
  readonly receiveBufferBytes: number;
  /** Segments in memory, wherever they wait. */
  readonly bufferBytesMax: number;
  /** `release` is to be called once nobody holds the batch. */
  readonly onBatch: (batch: Batch, release: () => void) => void;
  readonly events: IntakeReport['events'];
}

/** Rejects with a `DaemonError` that names the address. */
export async function openIntake(options: IntakeOptions): Promise<Intake> {
  const { at, receiveBufferBytes, bufferBytesMax, onBatch, events } = options;
  const listener = await openListener(at, receiveBufferBytes);
  let heldBytes = 0;
  const batcher = createBatcher((batch) => {
    const bytes = batch.body.byteLength;
    heldBytes += bytes;
    onBatch(batch, () => {
      heldBytes -= bytes;
    });
  });
  const receiving = receiveXrayUdp({
    socket: listener.socket,
    onDocument(document) {
      if (heldBytes + batcher.size() > bufferBytesMax) events.segmentDropped();
      else batcher.add(document);
    },
    events,
  });

  const drops = watchKernelDrops({
    address: listener.address,
    dropped: (count) => events.datagramsLostInKernel(count),
  });
  const granted = listener.receiveBufferBytes;
  return {
    address: listener.address,
    // Linux reports twice what it granted, for its own overhead.
    receiveBufferBytes: process.platform === 'linux' ? granted / 2 : granted,
    flush: batcher.flush,
    async [Symbol.asyncDispose]() {
      // What the kernel has still to give comes within a turn or two.
      await new Promise((resolve) => setTimeout(resolve, KERNEL_QUEUE_MS));
      await drops[Symbol.asyncDispose]();
      receiving[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
      batcher.flush();
      batcher[Symbol.dispose]();
    },
  };
}

/** For what has reached the machine before the signal to stop. */
const KERNEL_QUEUE_MS = 50;

async function openListener(at: Address, receiveBufferBytes: number): Promise<XrayUdpListener> {
  try {
    return await openXrayUdpListener({ host: bindHost(at.host), port: at.port, receiveBufferBytes });
  } catch (cause) {
    if (cause instanceof PipelineError) throw new DaemonError(cause.message, 1, { cause });
    throw cause;
  }
}
