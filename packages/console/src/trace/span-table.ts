import { OUTLINE_FLAGS, type OutlineColumns, type OutlineFrame, type OutlineHeader } from '@fluoroscope/api/outline';

/** What the frames told so far: one line an entity, in the order of arrival; columns may be longer than `count`. */
export interface SpanTable {
  readonly count: number;
  readonly columns: OutlineColumns;
  readonly strings: readonly string[];
  readonly header: OutlineHeader | null;
  /** The line of an id; −1 for none. */
  readonly find: (high: number, low: number) => number;
}

export interface GrowingTable {
  readonly append: (frame: OutlineFrame) => void;
  readonly table: () => SpanTable;
}

const LINES_FIRST = 1024;

export function createSpanTable(): GrowingTable {
  let columns = emptyColumns(LINES_FIRST);
  let count = 0;
  let header: OutlineHeader | null = null;
  let slots = new Int32Array(LINES_FIRST * 4).fill(-1);
  const strings: string[] = [''];

  function slotOf(high: number, low: number): number {
    const mask = slots.length - 1;
    let slot = mixed(high, low) & mask;
    for (;;) {
      const line = slots[slot] ?? -1;
      if (line < 0 || (columns.idHigh[line] === high && columns.idLow[line] === low)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function makeRoom(wanted: number): void {
    if (wanted <= columns.startUs.length) return;
    const length = 2 ** Math.ceil(Math.log2(wanted));
    const wider = emptyColumns(length);
    copyColumns(columns, wider);
    columns = wider;
    slots = new Int32Array(length * 4).fill(-1);
    for (let line = 0; line < count; line += 1) {
      slots[slotOf(columns.idHigh[line] ?? 0, columns.idLow[line] ?? 0)] = line;
    }
  }

  return {
    append(frame) {
      header = frame.header;
      for (const text of frame.header.strings) strings.push(text);
      makeRoom(count + frame.header.count);
      for (let at = 0; at < frame.header.count; at += 1) {
        const slot = slotOf(frame.columns.idHigh[at] ?? 0, frame.columns.idLow[at] ?? 0);
        const known = slots[slot] ?? -1;
        if (known >= 0 && isPending(frame.columns.flags, at) && !isPending(columns.flags, known)) continue;
        const line = known >= 0 ? known : count;
        if (known < 0) {
          slots[slot] = line;
          count += 1;
        }
        copyLine(frame.columns, at, columns, line);
      }
    },
    table: () => ({ count, columns, strings, header, find: (high, low) => slots[slotOf(high, low)] ?? -1 }),
  };
}

function isPending(flags: Uint16Array, line: number): boolean {
  return ((flags[line] ?? 0) & OUTLINE_FLAGS.pending) !== 0;
}

function mixed(high: number, low: number): number {
  let mix = Math.imul(high ^ (low >>> 15), 0x85eb_ca6b) ^ Math.imul(low, 0xc2b2_ae35);
  mix ^= mix >>> 13;
  return Math.imul(mix, 0x27d4_eb2f) >>> 0;
}

function emptyColumns(length: number): OutlineColumns {
  return {
    startUs: new Float64Array(length),
    lengthUs: new Float64Array(length),
    idHigh: new Uint32Array(length),
    idLow: new Uint32Array(length),
    parentHigh: new Uint32Array(length),
    parentLow: new Uint32Array(length),
    name: new Uint32Array(length),
    service: new Uint32Array(length),
    detail: new Uint32Array(length),
    place: new Uint32Array(length),
    origin: new Uint32Array(length),
    status: new Uint16Array(length),
    flags: new Uint16Array(length),
  };
}

function copyColumns(from: OutlineColumns, to: OutlineColumns): void {
  to.startUs.set(from.startUs);
  to.lengthUs.set(from.lengthUs);
  to.idHigh.set(from.idHigh);
  to.idLow.set(from.idLow);
  to.parentHigh.set(from.parentHigh);
  to.parentLow.set(from.parentLow);
  to.name.set(from.name);
  to.service.set(from.service);
  to.detail.set(from.detail);
  to.place.set(from.place);
  to.origin.set(from.origin);
  to.status.set(from.status);
  to.flags.set(from.flags);
}

function copyLine(from: OutlineColumns, at: number, to: OutlineColumns, line: number): void {
  to.startUs[line] = from.startUs[at] ?? 0;
  to.lengthUs[line] = from.lengthUs[at] ?? 0;
  to.idHigh[line] = from.idHigh[at] ?? 0;
  to.idLow[line] = from.idLow[at] ?? 0;
  to.parentHigh[line] = from.parentHigh[at] ?? 0;
  to.parentLow[line] = from.parentLow[at] ?? 0;
  to.name[line] = from.name[at] ?? 0;
  to.service[line] = from.service[at] ?? 0;
  to.detail[line] = from.detail[at] ?? 0;
  to.place[line] = from.place[at] ?? 0;
  to.origin[line] = from.origin[at] ?? 0;
  to.status[line] = from.status[at] ?? 0;
  to.flags[line] = from.flags[at] ?? 0;
}
