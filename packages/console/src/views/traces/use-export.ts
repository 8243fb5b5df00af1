import { useEffect, useRef, useState } from 'react';
import { readTraceSummaries } from '../../http/operations.ts';
import type { Column } from '../../summaries/columns.ts';
import { csvPiece, JSON_END, jsonPiece, tracesTable } from '../../summaries/export.ts';
import { summaryRow } from '../../summaries/row.ts';
import type { TimeWindow } from '../../url/range.ts';
import { saveFile } from './save-file.ts';

/** Rows of one file; some spreadsheets take a million. */
const EXPORT_ROWS_MAX = 500_000;
/** Text of one file, in UTF-16 units: it is put together in this page. */
const EXPORT_CHARS_MAX = 256 * 1024 * 1024;

export interface ExportQuestion {
  readonly kind: 'csv' | 'json';
  readonly window: TimeWindow;
  readonly filter: string;
  readonly columns: readonly Column[];
}

export type ExportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly count: number }
  /** The file has fewer rows than match. */
  | { readonly kind: 'cut'; readonly count: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface TracesExport {
  readonly state: ExportState;
  readonly start: (question: ExportQuestion) => void;
  readonly cancel: () => void;
}

/** Everything that matches, page by page into a file; closed with the page. */
export function useExport(): TracesExport {
  const [state, setState] = useState<ExportState>({ kind: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  async function run(question: ExportQuestion, signal: AbortSignal): Promise<void> {
    const { parts, count, isCut } = await collect(question, signal, (soFar) =>
      setState({ kind: 'running', count: soFar }),
    );
    const type = question.kind === 'csv' ? 'text/csv' : 'application/json';
    saveFile(`traces.${question.kind}`, new Blob([...parts], { type }));
    setState(isCut ? { kind: 'cut', count } : { kind: 'idle' });
  }

  return {
    state,
    start(question) {
      abort.current?.abort();
      const { signal } = (abort.current = new AbortController());
      setState({ kind: 'running', count: 0 });
      run(question, signal).catch((error: unknown) => {
        if (signal.aborted) return;
        setState({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      });
    },
    cancel() {
      abort.current?.abort();
      setState({ kind: 'idle' });
    },
  };
}

interface Collected {
  /** A browser keeps large ones outside of the page's memory. */
  readonly parts: readonly Blob[];
  readonly count: number;
  readonly isCut: boolean;
}

async function collect(
  { kind, window, filter, columns }: ExportQuestion,
  signal: AbortSignal,
  onProgress: (count: number) => void,
): Promise<Collected> {
  const parts: Blob[] = [];
  let [count, chars] = [0, 0];
  let nextToken: string | undefined;
  do {
    const page = await readTraceSummaries({ window, filter, nextToken }, signal);
    signal.throwIfAborted();
    const table = tracesTable((page.TraceSummaries ?? []).map(summaryRow), columns);
    // JSON's comma stands before each piece but the first that has rows.
    const text = (kind === 'csv' ? csvPiece : jsonPiece)(table, kind === 'csv' ? parts.length === 0 : count === 0);
    if (kind === 'csv' || table.rows.length > 0) parts.push(new Blob([text]));
    count += table.rows.length;
    chars += text.length;
    nextToken = page.NextToken;
    onProgress(count);
  } while (nextToken !== undefined && count < EXPORT_ROWS_MAX && chars < EXPORT_CHARS_MAX);
  if (kind === 'json') parts.push(new Blob([count === 0 ? '[]\n' : JSON_END]));
  return { parts, count, isCut: nextToken !== undefined };
}
