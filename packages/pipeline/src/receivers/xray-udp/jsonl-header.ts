/**
 * In answers to sampling calls: the UDP port, of the same process, that takes a document a line (`"format":"jsonl"`). Senders that
 * know it send so; nobody else does.
 */
export const JSONL_PORT_HEADER = 'x-fluoroscope-jsonl-port';
