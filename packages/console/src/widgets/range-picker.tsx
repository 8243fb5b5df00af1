import { Popover } from '@mantine/core';
import { IconCalendarTime } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { formatDateTime, formatTimeInput, readTimeInput } from '../text/format.ts';
import { timeZone } from '../text/time-zone.ts';
import { PRESETS, type Range, RANGE_SECONDS_MAX, windowOf } from '../url/range.ts';

interface RangePickerProps {
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}

export function RangePicker({ range, onChange }: RangePickerProps): ReactNode {
  const [open, setOpen] = useState(false);
  const fixed = range.kind === 'fixed';
  return (
    <div className="seg" role="group" aria-label="Time range">
      {PRESETS.map(({ label, long, seconds }) => (
        <button
          key={label}
          type="button"
          title={long}
          aria-label={`${label}, ${long}`}
          aria-pressed={range.kind === 'last' && range.seconds === seconds}
          onClick={() => onChange({ kind: 'last', seconds })}
        >
          {label}
        </button>
      ))}
      <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
        <Popover.Target>
          <button
            type="button"
            aria-pressed={fixed}
            aria-label={fixed ? undefined : 'Custom time range'}
            title={fixed ? `${formatDateTime(range.startS)} to ${formatDateTime(range.endS)}` : 'Custom time range'}
            onClick={() => setOpen((was) => !was)}
          >
            <IconCalendarTime size={15} />
            {fixed ? formatDateTime(range.startS).slice(5, 16) : null}
          </button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          {open ? <FixedRange range={range} onChange={onChange} close={() => setOpen(false)} /> : null}
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

/** Two times to type in; `onChange` gets a fixed range. */
export function FixedRange({ range, onChange, close }: RangePickerProps & { readonly close: () => void }): ReactNode {
  const [first] = useState(() => windowOf(range, Date.now() / 1000));
  const [start, setStart] = useState(() => formatTimeInput(first.startS));
  const [end, setEnd] = useState(() => formatTimeInput(first.endS));
  const startS = readTimeInput(start);
  const endS = readTimeInput(end);
  const problem = problemOf(startS, endS);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (problem !== null) return;
    onChange({ kind: 'fixed', startS, endS });
    close();
  }
  return (
    <form className="pop" onSubmit={submit} aria-label="Custom time range">
      <h2>Custom range, {timeZone() === 'utc' ? 'UTC' : 'local time'}</h2>
      <label className="form-row">
        From
        <input
          className="field num"
          type="datetime-local"
          step="1"
          value={start}
          onChange={(e) => setStart(e.target.value)}
        />
      </label>
      <label className="form-row">
        To
        <input
          className="field num"
          type="datetime-local"
          step="1"
          value={end}
          onChange={(e) => setEnd(e.target.value)}
        />
      </label>
      {problem === null ? null : <p className="notice o-fault">{problem}</p>}
      <button type="submit" className="btn btn-primary" disabled={problem !== null}>
        Apply
      </button>
    </form>
  );
}

function problemOf(startS: number, endS: number): string | null {
  if (!Number.isFinite(startS) || !Number.isFinite(endS)) return 'Both times are needed.';
  if (endS <= startS) return 'The end must be after the start.';
  return endS - startS > RANGE_SECONDS_MAX ? 'A range is at most six hours long.' : null;
}
