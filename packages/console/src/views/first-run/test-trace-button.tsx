import { IconSend } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { readTrace, sendTestTrace } from '../../http/operations.ts';
import { tracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';

/** Between two looks for the trace, and until nothing is expected any more. */
const LOOK_MS = 250;
const WAIT_MS_MAX = 10_000;
/** Long enough to read that it arrived. */
const READ_MS = 1_200;

type State = 'idle' | 'sent' | 'arrived' | { readonly problem: string };

/** Sends a trace of made-up services, and opens it once it is there. */
export function TestTraceButton(): ReactNode {
  const [state, setState] = useState<State>('idle');
  async function run(): Promise<void> {
    setState('sent');
    try {
      const { traceId } = await sendTestTrace();
      if (!(await isStored(traceId))) {
        setState({ problem: 'The trace was taken but is not stored yet; the server status says why.' });
        return;
      }
      setState('arrived');
      await pause(READ_MS);
      go(tracePlace(traceId));
    } catch (error) {
      setState({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return (
    <div className="test-trace">
      <button
        type="button"
        className="btn btn-primary"
        data-testid="send-test-trace"
        disabled={state === 'sent' || state === 'arrived'}
        onClick={() => void run()}
      >
        <IconSend size={15} aria-hidden /> Send a test trace
      </button>
      <span role="status" className={typeof state === 'object' ? 'o-fault' : 'muted'} data-testid="test-trace-state">
        {typeof state === 'object' ? state.problem : SAID[state]}
      </span>
    </div>
  );
}

const SAID = { idle: '', sent: 'Sent, waiting for it…', arrived: 'It arrived. Opening it…' };

async function isStored(traceId: string): Promise<boolean> {
  const signal = AbortSignal.timeout(WAIT_MS_MAX);
  while (!signal.aborted) {
    const trace = await readTrace(traceId, signal).catch(() => null);
    if (trace !== null) return true;
    await pause(LOOK_MS);
  }
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
