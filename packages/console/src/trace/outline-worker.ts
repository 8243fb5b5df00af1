import { createOutlineReader, type OutlineReader } from '@fluoroscope/api/outline';
import { createSpanTable, type GrowingTable } from './span-table.ts';
import { planTrace, type TracePlan } from './trace-plan.ts';

/** To the worker: an outline begins; its next bytes; how times are to be planned. It fetches nothing: its policy forbids that. */
export type OutlineRequest =
  | { readonly kind: 'begin' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'clocks'; readonly correctClocks: boolean };

/** From it: a plan of what has come so far, again and again; or what is wrong with the stream. */
export type OutlineAnswer =
  | { readonly kind: 'plan'; readonly plan: TracePlan }
  | { readonly kind: 'broken'; readonly message: string };

/** A plan is made anew when there is this many times as much as in the last one. */
const GROWTH_MIN = 3;

interface Reading {
  readonly reader: OutlineReader;
  growing: GrowingTable;
  plannedCount: number;
}

/** What is being read, and what can be planned again: the one before it until there is something. */
let reading: Reading = begun();
let shown: GrowingTable | null = null;
let correctClocks = true;

self.addEventListener('message', ({ data }: MessageEvent<OutlineRequest>) => {
  switch (data.kind) {
    case 'begin':
      reading = begun();
      return;
    case 'clocks':
      ({ correctClocks } = data);
      if (shown !== null) sendPlan(shown);
      return;
    case 'bytes':
      try {
        take(data.bytes);
      } catch (error) {
        answer({ kind: 'broken', message: error instanceof Error ? error.message : 'The outline cannot be read.' });
      }
      return;
    default:
      data satisfies never;
  }
});

function begun(): Reading {
  return { reader: createOutlineReader(), growing: createSpanTable(), plannedCount: 0 };
}

function take(bytes: Uint8Array): void {
  for (const frame of reading.reader.push(bytes)) {
    if (frame.header.startsAnew === true) reading = { ...begun(), reader: reading.reader };
    reading.growing.append(frame);
    const { count } = reading.growing.table();
    if (!frame.header.isLast && (count === 0 || count < reading.plannedCount * GROWTH_MIN)) continue;
    reading.plannedCount = count;
    shown = reading.growing;
    sendPlan(shown);
  }
}

function sendPlan(growing: GrowingTable): void {
  answer({ kind: 'plan', plan: planTrace(growing.table(), { correctClocks }) });
}

function answer(message: OutlineAnswer): void {
  self.postMessage(message, { transfer: message.kind === 'plan' ? buffersOf(message.plan) : [] });
}

/** Handed over instead of copied: the table stays here. */
function buffersOf(plan: TracePlan): ArrayBuffer[] {
  const parts: readonly object[] = [plan, plan.alike, plan.critical, plan.overview];
  const buffers = parts
    .flatMap((part): readonly unknown[] => Object.values(part))
    .flatMap((array) => (ArrayBuffer.isView(array) && array.buffer instanceof ArrayBuffer ? [array.buffer] : []));
  return [...new Set(buffers)];
}
