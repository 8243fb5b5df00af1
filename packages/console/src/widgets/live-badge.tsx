import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ConsoleError } from '../http/request.ts';
import type { LiveState } from '../http/use-live.ts';
import { formatAge } from '../text/format.ts';
import { useNow } from './use-now.ts';

const WORD: Readonly<Record<LiveState | 'offline', string>> = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Polling',
  paused: 'Paused',
  offline: 'Offline',
};

interface LiveBadgeProps {
  readonly state: LiveState;
  /** Of the newest answer. */
  readonly error: Error | null;
  /** When the newest answer came; milliseconds since 1970, 0 for never. */
  readonly updatedAtMs: number;
  readonly onToggle: () => void;
}

export function LiveBadge({ state: live, error, updatedAtMs, onToggle }: LiveBadgeProps): ReactNode {
  const now = useNow(1000);
  const paused = live === 'paused';
  const unreachable = error instanceof ConsoleError && error.code === 'unreachable';
  const state = unreachable && !paused ? 'offline' : live;
  const age = updatedAtMs === 0 ? '' : formatAge(now - updatedAtMs / 1000);
  return (
    <button
      type="button"
      className="live"
      data-state={state}
      data-testid="live"
      aria-pressed={!paused}
      title={paused ? 'Resume live updates' : titleOf(unreachable, age)}
      onClick={onToggle}
    >
      <span className="live-dot" aria-hidden />
      {WORD[state]}
      <span className="sr-only">. {paused ? 'Resume' : 'Pause'} live updates</span>
      <span className="live-age" aria-hidden>
        {age}
      </span>
      {paused ? <IconPlayerPlayFilled size={12} aria-hidden /> : <IconPlayerPauseFilled size={12} aria-hidden />}
    </button>
  );
}

function titleOf(unreachable: boolean, age: string): string {
  const data = age === '' ? '' : `Data of ${age}. `;
  return unreachable ? `${data}Tries again by itself.` : `${data}Click to pause.`;
}
