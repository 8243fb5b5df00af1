import { randomUUID } from 'node:crypto';
import { StoreError } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import { CLAIM_MS, CLAIM_RENEWED_MS } from './limits.ts';
import { takeBlock } from './native/block.ts';
import { int8Column, textColumn } from './native/column.ts';
import { toText } from './readers/values.ts';
import { readQuery } from './sql-files.ts';

/** This process's right to write: the database is one journal's at a time. */
export interface Claim {
  /**
   * Resolves while only processes of this journal write. Rejects with `failed` while one of another journal is there, or
   * was seen within `CLAIM_MS`.
   */
  hold(): Promise<void>;
  /** Others need not wait. */
  release(): Promise<void>;
}

/** For a process that takes turns with nobody, such as a test. */
export const UNCLAIMED: Claim = { hold: () => Promise.resolve(), release: () => Promise.resolve() };

const STATES = { here: 0, gone: 1 } as const;
const STATE_TYPE = "Enum8('here' = 0, 'gone' = 1)";

/**
 * Who claims looks, says that it is there, and looks again: of two that come at once at least one sees the other, and
 * gives way. It counts itself out, by its own clock, before anybody else does, by the server's.
 */
export function createClaim(connection: Connection, journal: string): Claim {
  const process = randomUUID();
  let heldUntilMs = -Infinity;
  let isSaid = false;
  let sayCount = 0;
  let timer: NodeJS.Timeout | null = null;
  let claiming: Promise<void> | null = null;

  async function say(state: keyof typeof STATES): Promise<void> {
    const startedMs = performance.now();
    const columns = { journal: textColumn(), process: textColumn(), state: int8Column(STATE_TYPE) };
    columns.journal.push(journal);
    columns.process.push(process);
    columns.state.push(STATES[state]);
    await connection.insert({
      table: 'writers (journal, process, state)',
      block: takeBlock(columns),
      rowCount: 1,
      token: JSON.stringify([process, (sayCount += 1)]),
      isRepeat: false,
    });
    heldUntilMs = state === 'here' ? startedMs + CLAIM_MS : -Infinity;
  }

  async function refuseOthers(): Promise<void> {
    const rows = await connection.query(readQuery('other-writers'), { journal, ms: CLAIM_MS });
    if (rows.length === 0) return;
    const { database, host } = connection.place;
    const others = rows.map(([other]) => toText(other)).join(', ');
    throw new StoreError(
      'failed',
      `the database ${database} at ${host} is written from another journal (${others}; this one is ${journal}): traces that arrive at both would be counted twice. Share one Kafka topic, or name another database; a server that was killed is missed for ${CLAIM_MS / 1_000} s`,
    );
  }

  async function claim(): Promise<void> {
    await refuseOthers();
    isSaid = true;
    await say('here');
    try {
      await refuseOthers();
    } catch (error) {
      heldUntilMs = -Infinity;
      await release();
      throw error;
    }
    timer ??= setInterval(renew, CLAIM_RENEWED_MS).unref();
  }

  /** Only while it is held: afterwards somebody may have come. A failure shows when the claim runs out. */
  function renew(): void {
    if (claiming === null && performance.now() < heldUntilMs) void say('here').catch(() => {});
  }

  async function release(): Promise<void> {
    if (timer !== null) clearInterval(timer);
    timer = null;
    if (isSaid) await say('gone').catch(() => {});
    isSaid = false;
  }

  return {
    async hold() {
      if (performance.now() < heldUntilMs) return;
      claiming ??= claim().finally(() => (claiming = null));
      await claiming;
    },
    release,
  };
}
