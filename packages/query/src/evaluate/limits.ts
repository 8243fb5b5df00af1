/**
 * Documents that a trace which is looked at as a whole may have (`documentsOf`). A larger one is judged by its row alone,
 * and counted when that does not tell: its documents, of up to 64 kB each, would take the memory and the time of all others.
 */
export const VERIFIED_DOCUMENTS_MAX = 10_000;

/** Segments, calls and list elements looked at for one trace: one expression can ask for each of them a thousand times. */
export const EVALUATION_STEPS_MAX = 2_000_000;

/** Traces of one read of documents. */
export const VERIFIED_BATCH_TRACES_MAX = 50;

/** Their documents together, as their rows tell; a larger trace is read alone. */
export const VERIFIED_BATCH_DOCUMENTS_MAX = 2_000;

/** How long traces are looked at before the process does something else. */
export const TURN_MS_MAX = 20;
