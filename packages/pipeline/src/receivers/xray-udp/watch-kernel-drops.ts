import { readKernelDrops } from './kernel-drops.ts';
import type { UdpAddress } from './listen.ts';

/** How often the kernel's own count of drops is looked at. */
const INTERVAL_MS = 1_000;

export interface KernelDropsOptions {
  readonly address: UdpAddress;
  /** How many more there are than when it was called last. */
  readonly dropped: (count: number) => void;
  readonly read?: (address: UdpAddress) => Promise<number | null>;
  readonly intervalMs?: number;
}

/** Tells of the kernel's drops while the socket is open; disposed of before that is closed, also of the last ones. */
export function watchKernelDrops(options: KernelDropsOptions): AsyncDisposable {
  const { address, dropped, read = readKernelDrops, intervalMs = INTERVAL_MS } = options;
  let seen = 0;
  async function look(): Promise<void> {
    const drops = await read(address);
    if (drops === null || drops <= seen) return;
    dropped(drops - seen);
    seen = drops;
  }
  const timer = setInterval(() => void look(), intervalMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await look();
    },
  };
}
