import { idOfRow, type TracePlan } from './trace-plan.ts';
import { OUTLINE_FLAGS } from '@fluoroscope/api/outline';

/** Rows whose name, service, detail, status or id has this text, in any letter case; ascending. */
export function searchRows(plan: TracePlan, text: string): Uint32Array {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return new Uint32Array();
  // Of the texts there are far fewer than rows.
  const hits = Uint8Array.from(plan.strings, (string) => (string.toLowerCase().includes(wanted) ? 1 : 0));
  const isId = /^[0-9a-f]{4,16}$/.test(wanted);
  const status = /^\d{3}$/.test(wanted) ? Number(wanted) : -1;
  const found: number[] = [];
  for (let row = 0; row < plan.count; row += 1) {
    const inText = hits[plan.name[row] ?? 0] || hits[plan.service[row] ?? 0] || hits[plan.detail[row] ?? 0];
    if (inText || plan.status[row] === status || (isId && idOfRow(plan, row).includes(wanted))) found.push(row);
  }
  return Uint32Array.from(found);
}

const FAILED = OUTLINE_FLAGS.error | OUTLINE_FLAGS.throttle | OUTLINE_FLAGS.fault;

export function failedRows({ flags }: TracePlan): Uint32Array {
  const found: number[] = [];
  for (const [row, own] of flags.entries()) if ((own & FAILED) !== 0) found.push(row);
  return Uint32Array.from(found);
}

/** The next of these ascending rows after one, or before it; round the end. −1 when there is none. */
export function nextRow(rows: Uint32Array, after: number, step: 1 | -1): number {
  if (rows.length === 0) return -1;
  const next = step > 0 ? rows.find((row) => row > after) : rows.findLast((row) => row < after);
  return next ?? (step > 0 ? rows[0] : rows.at(-1)) ?? -1;
}
