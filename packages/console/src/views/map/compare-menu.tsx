import { Popover } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { AGAINST_LABEL, windowAgainst } from '../../map/against.ts';
import { formatDateTime } from '../../text/format.ts';
import type { Against, MapPlace } from '../../url/map-place.ts';
import { type TimeWindow, windowOf } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { FixedRange } from '../../widgets/range-picker.tsx';
import { useNow } from '../../widgets/use-now.ts';

/** The times that are told have minutes only. */
const NOW_MS = 10_000;
const KINDS = ['before', 'day', 'week'] as const;

/** Chooses the time that the map is compared with. */
export function CompareMenu({ place }: { readonly place: MapPlace }): ReactNode {
  const [open, setOpen] = useState(false);
  const [custom, setCustom] = useState(false);
  const window = windowOf(place.range, useNow(NOW_MS));
  const { against } = place;
  function choose(next: Against | null): void {
    setOpen(false);
    setCustom(false);
    go({ ...place, against: next });
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-pressed={against !== null}
          aria-label="Compare"
          title="Compare with another time"
          data-testid="compare"
          onClick={() => setOpen((was) => !was)}
        >
          <IconArrowsDiff size={15} aria-hidden />
          <span className="wide-only">Compare</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Compare">
        {!open ? null : custom ? (
          <FixedRange
            range={against?.kind === 'fixed' ? against : { kind: 'fixed', ...windowAgainst(window, { kind: 'day' }) }}
            onChange={(range) => range.kind === 'fixed' && choose(range)}
            close={() => setOpen(false)}
          />
        ) : (
          <div className="pop pop-menu" role="group" aria-label="Compare with" data-testid="compare-menu">
            <h2>Compare this window with</h2>
            {KINDS.map((kind) => (
              <Choice key={kind} {...{ kind, place, window }} onChoose={() => choose({ kind })} />
            ))}
            <button
              type="button"
              className="menu-item"
              aria-pressed={against?.kind === 'fixed'}
              onClick={() => setCustom(true)}
            >
              {AGAINST_LABEL.fixed}…
            </button>
            {against === null ? null : (
              <button type="button" className="menu-item" data-testid="compare-off" onClick={() => choose(null)}>
                Compare with nothing
              </button>
            )}
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoiceProps {
  readonly kind: (typeof KINDS)[number];
  readonly place: MapPlace;
  readonly window: TimeWindow;
  readonly onChoose: () => void;
}

function Choice({ kind, place, window, onChoose }: ChoiceProps): ReactNode {
  const { startS } = windowAgainst(window, { kind });
  return (
    <button
      type="button"
      className="menu-item"
      aria-pressed={place.against?.kind === kind}
      data-testid={`compare-${kind}`}
      onClick={onChoose}
    >
      {AGAINST_LABEL[kind]}
      <span className="muted num">from {formatDateTime(startS).slice(5, 16)}</span>
    </button>
  );
}
