import { StoreError } from '@fluoroscope/store';
import type { Events } from '../events.ts';

/** What is read, or the error of what is encrypted and cannot be opened: that is logged, and must not cost other traces. */
export async function unlessSealed<T>(
  read: () => Promise<T>,
  events: Pick<Events, 'troubleMet'>,
): Promise<T | StoreError> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'sealed') throw error;
    events.troubleMet('a trace is encrypted and cannot be opened', error);
    return error;
  }
}
