import { Popover } from '@mantine/core';
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronUp,
  IconClockExclamation,
  IconKeyboard,
  IconRoute,
  IconSearch,
  IconStack2,
  IconZoomIn,
  IconZoomOut,
  IconZoomReset,
} from '@tabler/icons-react';
import { type KeyboardEvent as ReactKeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { formatCount, formatCountOf } from '../../text/format.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { isField, TIMELINE_KEYS } from './use-timeline-keys.ts';

export interface TimelineActions {
  readonly nextError: () => void;
  readonly previousError: () => void;
  readonly nextHit: () => void;
  readonly previousHit: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly zoomAll: () => void;
  readonly zoomRow: () => void;
  readonly panLeft: () => void;
  readonly panRight: () => void;
  /** 0 opens all. */
  readonly foldTo: (level: number) => void;
  readonly toggleCritical: () => void;
  readonly toggleGrouped: () => void;
  readonly toggleClocks: () => void;
  readonly toggleLinked: () => void;
}

interface TimelineToolsProps {
  readonly plan: TracePlan;
  readonly place: TracePlace;
  readonly hits: Uint32Array;
  readonly row: number;
  readonly actions: TimelineActions;
  readonly onFind: (text: string) => void;
  /** What shows linked traces; null for a trace without links. */
  readonly linked: ReactNode;
}

const LEVELS = [1, 2, 3, 4, 5];

export function TimelineTools(props: TimelineToolsProps): ReactNode {
  const { plan, place, actions } = props;
  return (
    <div className="timeline-tools" role="toolbar" aria-label="Timeline tools">
      <FindBox {...props} />
      <button
        type="button"
        className="btn btn-small"
        onClick={actions.nextError}
        disabled={plan.failedCount === 0}
        title="Next error (E)"
        data-testid="next-error"
      >
        <IconAlertTriangle size={14} aria-hidden />
        {formatCountOf(plan.failedCount, 'error')}
      </button>
      <label className="timeline-levels">
        <span className="sr-only">Open rows down to a level</span>
        <select
          className="field"
          value=""
          onChange={(event) => actions.foldTo(Number(event.target.value))}
          data-testid="fold-level"
        >
          <option value="" disabled>
            Levels
          </option>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {level === 1 ? 'Close all' : `${level} levels`}
            </option>
          ))}
          <option value={0}>Open all</option>
        </select>
      </label>
      <Modes plan={plan} place={place} actions={actions} />
      {props.linked}
      <span className="timeline-zoom">
        <ToolButton label="Zoom out (−)" onClick={actions.zoomOut} icon={<IconZoomOut size={15} />} />
        <ToolButton label="Zoom in (+)" onClick={actions.zoomIn} icon={<IconZoomIn size={15} />} testId="zoom-in" />
        <ToolButton label="The whole trace (0)" onClick={actions.zoomAll} icon={<IconZoomReset size={15} />} />
        <KeyList />
      </span>
    </div>
  );
}

type ModesProps = Pick<TimelineToolsProps, 'plan' | 'place' | 'actions'>;

/** What is marked, and how rows are arranged. */
function Modes({ plan, place, actions }: ModesProps): ReactNode {
  const isRecorded = place.clocks === 'recorded';
  return (
    <>
      <button
        type="button"
        className="btn btn-small"
        aria-pressed={place.critical}
        onClick={actions.toggleCritical}
        title="Critical path (P): what, had it been shorter, would have ended the trace sooner"
        aria-label="Critical path"
        data-testid="critical-path"
      >
        <IconRoute size={14} aria-hidden />
        <span className="wide-only">Critical path</span>
      </button>
      <button
        type="button"
        className="btn btn-small"
        aria-pressed={place.grouped}
        onClick={actions.toggleGrouped}
        title="Group by nodes (G): segments stand below their service instead of below their caller"
        aria-label="Group by nodes"
        data-testid="group-by-node"
      >
        <IconStack2 size={14} aria-hidden />
        <span className="wide-only">Group by nodes</span>
      </button>
      {plan.shiftedCount > 0 || isRecorded ? (
        <button
          type="button"
          className="btn btn-small"
          aria-pressed={!isRecorded}
          onClick={actions.toggleClocks}
          title="Clocks (K): segments that lie outside the call they serve are moved into it; the dashed outline is where they were recorded"
          data-testid="clocks"
        >
          <IconClockExclamation size={14} aria-hidden />
          {isRecorded ? 'Clocks as recorded' : `${formatCountOf(plan.shiftedCount, 'clock')} corrected`}
        </button>
      ) : null}
    </>
  );
}

interface ToolButtonProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly testId?: string;
}

function ToolButton({ label, icon, onClick, testId }: ToolButtonProps): ReactNode {
  return (
    <button
      type="button"
      className="btn btn-quiet btn-small btn-icon"
      aria-label={label}
      title={label}
      onClick={onClick}
      data-testid={testId}
    >
      {icon}
    </button>
  );
}

function FindBox({ place, hits, row, actions, onFind }: TimelineToolsProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== 'f' || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      event.preventDefault();
      field.current?.focus();
    }
    globalThis.addEventListener('keydown', onKey);
    return () => globalThis.removeEventListener('keydown', onKey);
  }, []);
  function onKeyDown(event: ReactKeyboardEvent): void {
    if (event.key === 'Enter') (event.shiftKey ? actions.previousHit : actions.nextHit)();
    else if (event.key === 'Escape') {
      onFind('');
      field.current?.blur();
    }
  }
  const at = hits.indexOf(row) + 1;
  const isEmpty = place.find.trim() === '';
  return (
    <div className="find-box">
      <IconSearch size={14} className="field-icon" aria-hidden />
      <input
        ref={field}
        className="field"
        type="search"
        placeholder="Find in this trace  ( f )"
        aria-label="Find in this trace"
        value={place.find}
        onChange={(event) => onFind(event.target.value)}
        onKeyDown={onKeyDown}
        data-testid="find"
      />
      <span className="find-count num" role="status" data-testid="find-count">
        {isEmpty ? '' : at > 0 ? `${formatCount(at)}/${formatCount(hits.length)}` : formatCount(hits.length)}
      </span>
      <ToolButton label="Previous match (⇧N)" onClick={actions.previousHit} icon={<IconChevronUp size={15} />} />
      <ToolButton label="Next match (N)" onClick={actions.nextHit} icon={<IconChevronDown size={15} />} />
    </div>
  );
}

function KeyList(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== '?' || isField(event.target)) return;
      event.preventDefault();
      setOpen((was) => !was);
    }
    globalThis.addEventListener('keydown', onKey);
    return () => globalThis.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" withinPortal>
      <Popover.Target>
        <button
          type="button"
          className="btn btn-quiet btn-small btn-icon wide-only"
          aria-label="Keys (?)"
          title="Keys (?)"
          onClick={() => setOpen((was) => !was)}
          data-testid="keys"
        >
          <IconKeyboard size={16} />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className="pop" data-testid="key-list">
          <h2>Keys</h2>
          <dl className="key-list">
            {TIMELINE_KEYS.map(([keys, what]) => (
              <div key={keys}>
                <dt className="mono">{keys}</dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
