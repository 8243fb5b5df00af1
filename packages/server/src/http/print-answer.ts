import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WireHistogram } from '@fluoroscope/query';
import type { FastifyReply } from 'fastify';
import { ANSWER_BYTES_PER_TURN_MAX } from '../limits.ts';
import { createByteWriter, type ByteWriter } from './byte-writer.ts';
import { createHistogramPrinter, type PrintHistogram } from './print-histogram.ts';

/**
 * The bytes that JSON.stringify gives of plain data, for answers that are made of histograms, which may be packed: a graph can
 * take 8 MB. In turns, so that other requests are answered in between: one ends after an element of the answer's own arrays.
 */
export async function printAnswer(answer: object): Promise<PrintedAnswer> {
  const writer = createByteWriter();
  const printer: Printer = { writer, printHistogram: createHistogramPrinter(writer) };
  let turnBegan = 0;
  for (const _element of printMembers(printer, answer)) {
    if (writer.length - turnBegan < ANSWER_BYTES_PER_TURN_MAX) continue;
    turnBegan = writer.length;
    await nextTurn();
  }
  return { length: writer.length, pieces: writer.pieces, release: () => writer.release() };
}

export interface PrintedAnswer {
  readonly length: number;
  readonly pieces: readonly Uint8Array[];
  /** The pieces were sent: others may write there. */
  readonly release: () => void;
}

export function sendPrinted(reply: FastifyReply, { length, pieces, release }: PrintedAnswer): FastifyReply {
  const { socket } = reply.raw;
  // Nor when the connection was cut: then nobody says which bytes are still to be sent.
  reply.raw.once('finish', () => {
    if (socket?.destroyed !== true) release();
  });
  return reply.header('content-length', length).send(Readable.from(pieces, { objectMode: false }));
}

interface Printer {
  readonly writer: ByteWriter;
  readonly printHistogram: PrintHistogram;
}

/** Few names, each printed thousands of times. */
const names = new Map<string, string>();
const NAMES_MAX = 500;

function printName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const printed = `${JSON.stringify(name)}:`;
  if (names.size < NAMES_MAX) names.set(name, printed);
  return printed;
}

/** Stops after each element of an array. */
function* printMembers(printer: Printer, members: object): Generator<void> {
  const { writer } = printer;
  writer.text('{');
  let separator = '';
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    writer.text(separator + printName(name));
    separator = ',';
    if (Array.isArray(value)) yield* printItems(printer, value);
    else printValue(printer, value);
  }
  writer.text('}');
}

function* printItems(printer: Printer, items: readonly unknown[]): Generator<void> {
  const { writer } = printer;
  writer.text('[');
  for (const [at, item] of items.entries()) {
    if (at > 0) writer.text(',');
    printValue(printer, item ?? null);
    yield;
  }
  writer.text(']');
}

function printValue(printer: Printer, value: unknown): void {
  if (value instanceof WireHistogram) printer.printHistogram(value);
  else if (Array.isArray(value)) finish(printItems(printer, value));
  else if (typeof value === 'object' && value !== null) finish(printMembers(printer, value));
  else printer.writer.text(JSON.stringify(value));
}

function finish(steps: Generator<void>): void {
  while (steps.next().done !== true);
}
