import type { express, Segment } from '@fluoroscope/sdk';

declare global {
  namespace Express {
    interface Request {
      /** In manual mode. */
      segment?: Segment;
    }
  }
}

export const openSegment: typeof express.openSegment;
export const closeSegment: typeof express.closeSegment;
