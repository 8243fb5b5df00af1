import type { Positions } from '@fluoroscope/api';
import { IconArrowBackUp, IconLayoutDistributeHorizontal } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { LiveMap } from './use-map.ts';

type State = { readonly kind: 'idle' | 'busy' | 'failed' } | { readonly kind: 'done'; readonly before: Positions };

/** Places all nodes anew, on request only; until the next one it can be undone. */
export function RelayoutButton({ map, onDone }: { readonly map: LiveMap; readonly onDone: () => void }): ReactNode {
  const [state, setState] = useState<State>({ kind: 'idle' });
  async function run(work: () => Promise<State>): Promise<void> {
    setState({ kind: 'busy' });
    try {
      setState(await work());
      onDone();
    } catch {
      setState({ kind: 'failed' });
    }
  }
  const layOut = async (): Promise<State> => ({ kind: 'done', before: (await map.layOut()).before });
  const busy = state.kind === 'busy' || map.graph.nodes.length === 0;
  const title =
    state.kind === 'failed' ? 'The layout could not be made or kept. Try again.' : 'Place all nodes anew, for everyone';
  return (
    <>
      <button
        type="button"
        className="btn"
        data-testid="relayout"
        aria-label="Re-layout"
        disabled={busy}
        title={title}
        onClick={() => void run(layOut)}
      >
        <IconLayoutDistributeHorizontal size={15} aria-hidden />
        <span className="wide-only">
          {{ idle: 'Re-layout', busy: 'Placing…', failed: 'Failed, again', done: 'Re-layout' }[state.kind]}
        </span>
      </button>
      {state.kind !== 'done' ? null : (
        <button
          type="button"
          className="btn"
          data-testid="relayout-undo"
          aria-label="Undo the layout"
          title="Put all nodes back where they were, for everyone"
          onClick={() => void run(async () => (await map.restore(state.before), { kind: 'idle' }))}
        >
          <IconArrowBackUp size={15} aria-hidden />
          <span className="wide-only">Undo</span>
        </button>
      )}
    </>
  );
}
