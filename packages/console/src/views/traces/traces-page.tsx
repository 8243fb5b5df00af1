import { IconListSearch } from '@tabler/icons-react';
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import { ConsoleError } from '../../http/request.ts';
import { go } from '../../url/use-place.ts';
import type { TracesPlace } from '../../url/place.ts';
import { FilterGroup } from '../../widgets/group-menu.tsx';
import { LiveBadge } from '../../widgets/live-badge.tsx';
import { RangePicker } from '../../widgets/range-picker.tsx';
import { Failure, State } from '../../widgets/state.tsx';
import { FirstRun } from '../first-run/first-run.tsx';
import { useFirstRun } from '../first-run/use-first-run.ts';
import { FilterBox } from './filter-box.tsx';
import { NoTraces, TracesSkeleton } from './no-traces.tsx';
import { TracesBody } from './traces-body.tsx';
import { useTail } from './use-tail.ts';
import { useTicks } from './use-ticks.ts';
import { useTraces } from './use-traces.ts';

export function TracesPage({ place }: { readonly place: TracesPlace }): ReactNode {
  const [paused, setPaused] = useState(false);
  const ticks = useTicks();
  const canTail = place.range.kind === 'last' && place.by === '';
  const traces = useTraces(place, paused || (place.tail && canTail));
  const { query } = traces;
  const refusal = query.error instanceof ConsoleError && query.error.code === 'refused' ? query.error.message : null;
  const isTailing = place.tail && canTail && refusal === null;
  const tailed = useTail(place, isTailing, paused);
  const firstRun = useFirstRun(
    place.range.kind === 'last' && place.filter === '' && query.data !== undefined && traces.rows.length === 0,
  );
  const toggleTail = useTailKey(place, canTail);

  function togglePaused(): void {
    if (isTailing) {
      if (paused) tailed.release();
      setPaused(!paused);
    } else if (traces.isStill) {
      setPaused(false);
      traces.startOver();
    } else setPaused(!paused);
  }
  return (
    <div className="traces-page">
      <h1 className="sr-only">Traces</h1>
      <div className="toolbar toolbar-filter">
        <FilterBox
          range={place.range}
          filter={place.filter}
          refusal={refusal}
          onRun={(filter) => (filter === place.filter ? void query.refetch() : go({ ...place, filter }))}
        />
        <div className="toolbar-side">
          <FilterGroup testId="traces-group" filter={place.filter} onChange={(filter) => go({ ...place, filter })} />
          <RangePicker range={place.range} onChange={(range) => go({ ...place, range })} />
          {place.range.kind === 'last' ? (
            <LiveBadge
              state={isTailing ? tailed.live : traces.isStill ? 'paused' : traces.live}
              error={query.error}
              updatedAtMs={isTailing ? 0 : query.dataUpdatedAt}
              onToggle={togglePaused}
            />
          ) : null}
        </div>
      </div>
      {refusal !== null ? (
        <Refused place={place} />
      ) : query.isError && query.data === undefined ? (
        <Failure title="Traces cannot be shown" error={query.error} retry={() => void query.refetch()} />
      ) : firstRun.isShown ? (
        <FirstRun arrived={traces.rows.at(-1) ?? null} onDone={firstRun.close} />
      ) : query.data === undefined || traces.window === undefined ? (
        <TracesSkeleton searched={traces.searched} />
      ) : traces.rows.length === 0 && !query.isFetching && !isTailing ? (
        <NoTraces place={place} onTail={canTail ? toggleTail : null} />
      ) : (
        <TracesBody
          place={place}
          traces={traces}
          window={traces.window}
          tailed={isTailing ? tailed : null}
          onTail={canTail ? toggleTail : null}
          onHeld={tailed.setHeld}
          isLive={!paused}
          ticks={ticks}
        />
      )}
    </div>
  );
}

/** What starts and stops the live tail; so does its key. */
function useTailKey(place: TracesPlace, canTail: boolean): () => void {
  const toggle = (): void => go({ ...place, tail: !place.tail }, 'replace');
  const onPress = useEffectEvent((event: KeyboardEvent) => {
    const isTyping =
      event.target instanceof HTMLElement &&
      event.target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]') !== null;
    if (!canTail || event.key !== 'l' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    toggle();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => onPress(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  return toggle;
}

function Refused({ place }: { readonly place: TracesPlace }): ReactNode {
  return (
    <State icon={<IconListSearch size={24} stroke={1.6} />} title="This filter cannot be read">
      <p>Correct the expression above, or choose one of the examples beside it.</p>
      <button type="button" className="btn" onClick={() => go({ ...place, filter: '' })}>
        Clear the filter
      </button>
    </State>
  );
}
