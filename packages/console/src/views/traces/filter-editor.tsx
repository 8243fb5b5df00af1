import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState, type Extension, Prec, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, hoverTooltip, keymap, placeholder } from '@codemirror/view';
import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import type { FilterCheck } from '@fluoroscope/api';
import { offersAt, type Words } from '../../filter/complete.ts';
import { tokensOf } from '../../filter/tokens.ts';

type Problem = FilterCheck['problem'];

export interface FilterEditorProps {
  readonly text: string;
  readonly hint: string;
  readonly words: Words | null;
  readonly problem: Problem;
  /** It takes the place of a plain field that had the focus. */
  readonly focused: boolean;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
}

/** Shown at once; the arrow keys go on to the others. */
const OFFERS_MAX = 12;

/** What something must follow. */
const AWAITS = /(?:[=<>(,:[]|\b(?:contains|beginswith|endswith))\s*$/i;

const setProblem = StateEffect.define<Problem>();

interface Shown {
  readonly problem: Problem;
  readonly marks: DecorationSet;
}

/** Colours of the words, and the line under what cannot be read. */
const shown = StateField.define<Shown>({
  create: (state) => ({ problem: null, marks: marksOf(state.doc.toString(), null) }),
  update(value, transaction) {
    const told = transaction.effects.find((effect) => effect.is(setProblem));
    if (told === undefined && !transaction.docChanged) return value;
    // What was said of another text may stand elsewhere by now.
    const problem: Problem = told === undefined ? null : told.value;
    return { problem, marks: marksOf(transaction.newDoc.toString(), problem) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ marks }) => marks),
});

function marksOf(text: string, problem: Problem): DecorationSet {
  const marks: Range<Decoration>[] = tokensOf(text).map(({ kind, from, to }) =>
    Decoration.mark({ class: `tok-${kind}` }).range(from, to),
  );
  const [from, to] = problemRange(text, problem);
  if (from < to) marks.push(Decoration.mark({ class: 'filter-problem' }).range(from, to));
  return Decoration.set(marks, true);
}

/** What is missing at the end is shown at the last character. */
function problemRange(text: string, problem: Problem): readonly [number, number] {
  if (problem === null) return [0, 0];
  const to = Math.min(text.length, Math.max(problem.end, problem.start + 1));
  return [Math.max(0, Math.min(problem.start, to - 1)), to];
}

/** The expression's field with colours and completion, on one line that may wrap. Loaded apart from the page. */
export function FilterEditor(props: FilterEditorProps): ReactNode {
  const { text, hint, words, problem, focused } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const wordsNow = useRef(words);
  const changed = useEffectEvent((next: string) => props.onText(next));
  const run = useEffectEvent(() => props.onRun());
  const begin = useEffectEvent((parent: HTMLElement): EditorView => {
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: oneLine(text),
        extensions: extensions({ hint, wordsNow, changed: (next) => changed(next), run: () => run() }),
      }),
    });
    if (focused) {
      made.focus();
      made.dispatch({ selection: { anchor: made.state.doc.length } });
    }
    return made;
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = begin(host.current);
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    wordsNow.current = words;
  }, [words]);
  useEffect(() => {
    const editor = view.current;
    const next = oneLine(text);
    if (editor === null || editor.state.doc.toString() === next) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: next },
      selection: { anchor: next.length },
    });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setProblem.of(problem) });
  }, [problem]);
  return <div ref={host} className="filter-editor" />;
}

interface EditorOptions {
  readonly hint: string;
  readonly wordsNow: { readonly current: Words | null };
  readonly changed: (text: string) => void;
  readonly run: () => void;
}

function extensions({ hint, wordsNow, changed, run }: EditorOptions): Extension {
  return [
    EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''),
    history(),
    closeBrackets(),
    shown,
    EditorView.lineWrapping,
    EditorView.clipboardInputFilter.of(oneLine),
    EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction)),
    placeholder(hint),
    problemTip,
    autocompletion({
      override: [(context) => complete(context, wordsNow.current)],
      icons: false,
      interactionDelay: 0,
      // What is asked is at hand: Enter right behind a letter means the list that letter leaves.
      activateOnTypingDelay: 0,
      tooltipClass: () => 'filter-offers',
      maxRenderedOptions: OFFERS_MAX,
    }),
    EditorView.contentAttributes.of((editor) => ({
      'aria-label': 'Filter expression',
      'aria-multiline': 'false',
      'aria-invalid': String(editor.state.field(shown).problem !== null),
      'data-testid': 'filter',
      spellcheck: 'false',
      enterkeyhint: 'search',
    })),
    Prec.highest(
      keymap.of([
        { key: 'Tab', run: acceptCompletion },
        { key: 'Enter', run: (editor) => acceptOther(editor) || (run(), true) },
        { key: 'Mod-Enter', run: () => (run(), true) },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
}

/** False where the offer is what stands there already: then Enter means the whole expression. */
function acceptOther(editor: EditorView): boolean {
  const offer = selectedCompletion(editor.state);
  const before = editor.state.sliceDoc(0, editor.state.selection.main.head);
  if (offer !== null && !before.endsWith(offer.label)) return acceptCompletion(editor);
  closeCompletion(editor);
  return false;
}

const problemTip = hoverTooltip((editor, at) => {
  const { problem } = editor.state.field(shown);
  const [from, to] = problemRange(editor.state.doc.toString(), problem);
  if (problem === null || at < from || at > to) return null;
  return {
    pos: from,
    end: to,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'filter-tip';
      dom.textContent = problem.message.split('\n', 1).join('');
      return { dom };
    },
  };
});

function complete(context: CompletionContext, words: Words | null): CompletionResult | null {
  const expression = context.state.doc.toString();
  const found = offersAt(expression, context.pos, words);
  if (found === null || found.offers.length === 0) return null;
  // A list that opens behind every space would be in the way of Enter; behind these nothing is complete yet.
  if (!context.explicit && found.from === context.pos && !AWAITS.test(expression.slice(0, context.pos))) return null;
  const { from, to } = found;
  const isText = expression.charAt(from) === '"';
  return {
    from,
    options: found.offers.map(({ label, insert, detail }): Completion => ({
      label: isText ? insert : label,
      displayLabel: label,
      detail,
      apply: (editor) => {
        const caret = insert.indexOf('|');
        const text = caret < 0 ? insert : insert.slice(0, caret) + insert.slice(caret + 1);
        editor.dispatch({
          changes: { from, to: Math.max(to, editor.state.selection.main.head), insert: text },
          selection: { anchor: from + (caret < 0 ? text.length : caret) },
          userEvent: 'input.complete',
        });
      },
    })),
    // With every letter, at once: a list that is asked for later still shows until it comes, and takes no Enter.
    update: (_before, _from, _to, next) => complete(next, words),
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
