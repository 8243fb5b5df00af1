import { readAcceptedDocument, type TraceId } from '@fluoroscope/model';
import type { StoredDocument, TraceRow } from '@fluoroscope/store';
import type { FilterPlan } from '../filter/plan.ts';
import { readOpenable } from '../summaries/complete-summaries.ts';
import { documentsOf, groupByTrace } from '../summaries/traces.ts';
import { compileFilter, type Evaluate } from './evaluate.ts';
import { compileRowJudge, type JudgeRow } from './judge-row.ts';
import {
  TURN_MS_MAX,
  VERIFIED_BATCH_DOCUMENTS_MAX,
  VERIFIED_BATCH_TRACES_MAX,
  VERIFIED_DOCUMENTS_MAX,
} from './limits.ts';
import { wholeTrace } from './whole-trace.ts';

/** What a search may read of documents before it stops. */
export interface VerifyBudget {
  readonly traceCountMax: number;
  readonly documentCountMax: number;
  /** Text, in UTF-16 units. */
  readonly charsMax: number;
  readonly wallMsMax: number;
}

/** Traces that an expression could not be held against; they are left out. */
export interface Unjudged {
  /** More than `VERIFIED_DOCUMENTS_MAX` documents. */
  readonly giantCount: number;
  /** The expression asks too much of them. */
  readonly costlyCount: number;
  /** Its documents are encrypted and cannot be opened, or have gone meanwhile. */
  readonly unreadableCount: number;
}

export interface VerifierOptions {
  readonly plan: FilterPlan;
  readonly readDocuments: (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]>;
  readonly budget: VerifyBudget;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
  /** Instead of `VERIFIED_DOCUMENTS_MAX`. */
  readonly traceDocumentsMax?: number;
  /** Instead of `EVALUATION_STEPS_MAX`. */
  readonly stepsMax?: number;
}

export interface Verified {
  /** Of the rows looked at, those that satisfy the expression, in their order. */
  readonly rows: readonly TraceRow[];
  /** From the first row on; fewer than were given when the budget is spent. */
  readonly lookedAtCount: number;
}

/**
 * Holds candidates against the expression, by their rows where these tell, else by their documents. One verifier is
 * one search: its budget is for all calls together. The first call looks at some candidate whatever the budget, so that a
 * search that goes on later comes forward.
 */
export interface Verifier {
  /** Stops once it has found so many. */
  verify(rows: readonly TraceRow[], foundMax?: number): Promise<Verified>;
  readonly unjudged: Unjudged;
  /** Nothing more is looked at. */
  readonly isSpent: boolean;
}

export function createVerifier(options: VerifierOptions): Verifier {
  return new DocumentVerifier(options);
}

class DocumentVerifier implements Verifier {
  readonly #judge: JudgeRow;
  readonly #evaluate: Evaluate;
  readonly #readDocuments: VerifierOptions['readDocuments'];
  readonly #budget: VerifyBudget;
  readonly #nowMs: () => number;
  readonly #traceDocumentsMax: number;
  readonly #startedMs: number;
  #breathedMs: number;
  #traceCount = 0;
  #documentCount = 0;
  #chars = 0;
  #hasLooked = false;
  #giantCount = 0;
  #costlyCount = 0;
  #unreadableCount = 0;

  constructor({ plan, readDocuments, budget, nowMs, traceDocumentsMax, stepsMax }: VerifierOptions) {
    const { node } = plan;
    this.#judge = node === null ? () => true : compileRowJudge(node);
    this.#evaluate = node === null ? () => true : compileFilter(node, stepsMax);
    this.#readDocuments = readDocuments;
    this.#budget = budget;
    this.#nowMs = nowMs ?? (() => performance.now());
    this.#traceDocumentsMax = traceDocumentsMax ?? VERIFIED_DOCUMENTS_MAX;
    this.#startedMs = this.#nowMs();
    this.#breathedMs = this.#startedMs;
  }

  get unjudged(): Unjudged {
    return {
      giantCount: this.#giantCount,
      costlyCount: this.#costlyCount,
      unreadableCount: this.#unreadableCount,
    };
  }

  get isSpent(): boolean {
    return (
      this.#hasLooked &&
      (this.#traceCount >= this.#budget.traceCountMax ||
        this.#documentCount >= this.#budget.documentCountMax ||
        this.#chars >= this.#budget.charsMax ||
        this.#nowMs() - this.#startedMs >= this.#budget.wallMsMax)
    );
  }

  async verify(rows: readonly TraceRow[], foundMax: number = Infinity): Promise<Verified> {
    const found: TraceRow[] = [];
    let at = 0;
    while (at < rows.length && found.length < foundMax && !this.isSpent) {
      const batch = this.#nextBatch(rows, at);
      const documents = await this.#read(batch);
      for (const judged of batch) {
        if (this.isSpent || found.length >= foundMax) break;
        if (judged.isRead) await this.#breathe();
        if (this.#isMatch(judged, documents.get(judged.row.traceId))) found.push(judged.row);
        this.#hasLooked = true;
        at += 1;
      }
    }
    return { rows: found, lookedAtCount: at };
  }

  /** As many rows as can be answered with one read of documents. */
  #nextBatch(rows: readonly TraceRow[], from: number): readonly Judged[] {
    const batch: Judged[] = [];
    let traceCount = 0;
    let documentCount = 0;
    for (const row of rows.slice(from)) {
      const verdict = this.#judge(row);
      const documents = documentsOf(row);
      const isRead = verdict === null && documents <= this.#traceDocumentsMax;
      if (isRead && traceCount > 0) {
        if (traceCount >= this.#batchTracesMax()) break;
        if (documentCount + documents > VERIFIED_BATCH_DOCUMENTS_MAX) break;
      }
      traceCount += isRead ? 1 : 0;
      documentCount += isRead ? documents : 0;
      batch.push({ row, verdict, isRead });
    }
    return batch;
  }

  /** Not more than the budget has left, and one at least. */
  #batchTracesMax(): number {
    const left = this.#budget.traceCountMax - this.#traceCount;
    return Math.max(1, Math.min(VERIFIED_BATCH_TRACES_MAX, left));
  }

  async #read(batch: readonly Judged[]): Promise<ReadonlyMap<TraceId, readonly StoredDocument[]>> {
    const ids = batch.filter(({ isRead }) => isRead).map(({ row }) => row.traceId);
    return ids.length === 0 ? new Map() : groupByTrace(await readOpenable(ids, this.#readDocuments));
  }

  #isMatch({ row, verdict, isRead }: Judged, stored: readonly StoredDocument[] | undefined): boolean {
    if (verdict !== null) return verdict;
    if (!isRead) {
      this.#giantCount += 1;
      return false;
    }
    this.#traceCount += 1;
    if (stored === undefined) {
      this.#unreadableCount += 1;
      return false;
    }
    for (const { text } of stored) this.#chars += text.length;
    this.#documentCount += stored.length;
    const matches = this.#evaluate(
      wholeTrace(
        row.traceId,
        stored.map(({ text }) => readAcceptedDocument(text)),
      ),
    );
    if (matches === null) this.#costlyCount += 1;
    return matches ?? false;
  }

  /** Others are served between traces, when these have taken their time. */
  async #breathe(): Promise<void> {
    const nowMs = this.#nowMs();
    if (nowMs - this.#breathedMs < TURN_MS_MAX) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#breathedMs = this.#nowMs();
  }
}

interface Judged {
  readonly row: TraceRow;
  readonly verdict: boolean | null;
  readonly isRead: boolean;
}
