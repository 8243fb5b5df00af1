import { appendFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Events } from '../events.ts';
import { printable } from '../printable.ts';
import { AUDIT_FILES_MAX, AUDIT_LINES_WAITING_MAX, AUDIT_REFUSALS_PER_SECOND_MAX } from './limits.ts';

/** One change, made or refused. Never a secret, and nothing of a body but the name of what is changed. */
export interface AuditEntry {
  /** Key id, address, or `command line`. */
  readonly by: string;
  readonly address?: string;
  readonly operation: string;
  readonly resource: string | null;
  /** `done`, or the code of the error. */
  readonly outcome: string;
}

export interface AuditLog extends AsyncDisposable {
  /** Resolves once it is written. Never rejects: what cannot be written is told and counted. */
  readonly record: (entry: AuditEntry) => Promise<void>;
}

export interface AuditLogOptions {
  readonly dataDir: string;
  /** Beyond it `audit.jsonl` becomes `audit.1.jsonl`, and so on. */
  readonly sizeBytesMax: number;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly nowMs?: () => number;
}

const FILE_MODE = 0o600;

export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { dataDir, sizeBytesMax, events, nowMs = Date.now } = options;
  const current = auditPath(dataDir, 0);
  let last: Promise<void> = Promise.resolve();
  let waitingCount = 0;
  let refusals = { second: 0, count: 0 };
  let heldBack = 0;

  function isHeldBack(entry: AuditEntry): boolean {
    if (entry.outcome === 'done') return false;
    const second = Math.floor(nowMs() / 1_000);
    if (refusals.second !== second) refusals = { second, count: 0 };
    refusals.count += 1;
    return refusals.count > AUDIT_REFUSALS_PER_SECOND_MAX;
  }

  async function write(line: string): Promise<void> {
    try {
      const size = await stat(current).then(
        (found) => found.size,
        () => 0,
      );
      if (size > 0 && size + line.length > sizeBytesMax) await rotate(dataDir);
      await appendFile(current, line, { mode: FILE_MODE });
    } catch (error) {
      events.troubleMet('a line of the audit log could not be written', error);
    } finally {
      waitingCount -= 1;
    }
  }

  return {
    record(entry) {
      if (waitingCount >= AUDIT_LINES_WAITING_MAX || isHeldBack(entry)) {
        heldBack += 1;
        return Promise.resolve();
      }
      waitingCount += 1;
      const line = printLine(entry, nowMs(), heldBack);
      heldBack = 0;
      last = last.then(() => write(line));
      return last;
    },
    [Symbol.asyncDispose]: () => last,
  };
}

/** For programs beside the server: one line is appended whole. */
export async function appendAuditLine(dataDir: string, entry: AuditEntry): Promise<void> {
  await appendFile(auditPath(dataDir, 0), printLine(entry, Date.now(), 0), { mode: FILE_MODE });
}

/** line = JSON of { time, by, address?, operation, resource, outcome, heldBack? } LF */
function printLine({ by, address, operation, resource, outcome }: AuditEntry, nowMs: number, heldBack: number): string {
  const line = {
    time: new Date(nowMs).toISOString(),
    by: printable(by),
    address,
    operation,
    resource: resource === null ? null : printable(resource),
    outcome,
    heldBack: heldBack === 0 ? undefined : heldBack,
  };
  return `${JSON.stringify(line)}\n`;
}

async function rotate(dataDir: string): Promise<void> {
  await rm(auditPath(dataDir, AUDIT_FILES_MAX - 1), { force: true });
  for (let age = AUDIT_FILES_MAX - 2; age >= 0; age -= 1) {
    await rename(auditPath(dataDir, age), auditPath(dataDir, age + 1)).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
}

function auditPath(dataDir: string, age: number): string {
  return join(dataDir, age === 0 ? 'audit.jsonl' : `audit.${age}.jsonl`);
}
