import type { Send } from './sending-queue.ts';

export type Verbosity = 'basic' | 'normal' | 'detailed';

/**
 * basic    = one line for a batch: how many documents, of how many traces
 * normal   = and one for each document: trace id, id, name, duration
 * detailed = and the document
 */
export function createDebugSend(verbosity: Verbosity, write: (line: string) => void): Send {
  return async (parcels) => {
    const traces = new Set(parcels.map(({ document }) => document.trace_id));
    write(`documents ${parcels.length}, traces ${traces.size}`);
    if (verbosity === 'basic') return { state: 'sent', refused: 0 };
    for (const { document } of parcels) {
      const { trace_id, id, name, start_time, end_time } = document;
      const took = end_time === undefined ? 'in progress' : `${((end_time - start_time) * 1e3).toFixed(3)} ms`;
      // As JSON: names are anybody's, and a line is a line.
      write(`${trace_id} ${id} ${JSON.stringify(name)} ${took}`);
      if (verbosity === 'detailed') write(JSON.stringify(document));
    }
    return { state: 'sent', refused: 0 };
  };
}
