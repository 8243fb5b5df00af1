import { TRACE_FIELDS, type TraceGroups } from '@fluoroscope/api';
import { IconArrowBarDown, IconBulb } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { explain } from '../../differences/sets.ts';
import { describeLooked } from '../../summaries/groups.ts';
import { type Selection, selectionCondition } from '../../summaries/selection.ts';
import { formatClock, formatCount, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { TracesPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';
import type { Searched } from '../../summaries/searched.ts';
import { fieldLabel } from './field-label.ts';
import { SearchProgress } from './search-progress.tsx';
import type { SelectionState } from './use-selection.ts';

interface ViewBarProps {
  readonly place: TracesPlace;
  readonly answer: TraceGroups | undefined;
  readonly selected: SelectionState;
  /** Of the loaded rows. */
  readonly selectedCount: number;
  /** Null: these traces cannot be followed. */
  readonly tail: { readonly isOn: boolean; readonly toggle: () => void; readonly said: string } | null;
  /** Null: what is shown was not searched for page by page. */
  readonly searched: Searched | null;
  /** At the end: what can be done with what is shown. */
  readonly children: ReactNode;
}

/** Between the charts and the table: what the table is of, and how much the figures are made of. */
export function ViewBar({ place, answer, selected, selectedCount, tail, searched, children }: ViewBarProps): ReactNode {
  return (
    <div className="view-bar">
      <GroupBy place={place} keys={answer?.annotationKeys ?? []} />
      {tail === null ? null : (
        <button
          type="button"
          className="btn btn-small tail-button"
          aria-pressed={tail.isOn}
          title="Show new traces as they arrive ( l )"
          data-testid="tail"
          onClick={tail.toggle}
        >
          <IconArrowBarDown size={14} aria-hidden /> Live tail
        </button>
      )}
      <span className="view-looked muted num" data-testid="looked">
        {tail?.isOn === true ? tail.said : answer === undefined ? '' : describeLooked(answer.looked)}
      </span>
      {searched === null ? null : <SearchProgress searched={searched} />}
      {selected.isEmpty ? null : (
        <span className="view-selection">
          <button
            type="button"
            className="btn btn-small btn-primary"
            data-testid="band-filter"
            title={`${formatCount(selectedCount)} of the loaded traces`}
            onClick={selected.apply}
          >
            Only {describe(selected.selection)}
          </button>
          <PlaceLink
            to={explain(place.range, place.filter, {
              filter: selectionCondition(selected.selection),
              time: selected.selection.time,
            })}
            className="btn btn-small"
            testId="explain"
            title="What sets these apart from the rest"
          >
            <IconBulb size={14} aria-hidden /> Explain these
          </PlaceLink>
          <button type="button" className="link-button" data-testid="selection-clear" onClick={selected.clear}>
            Clear
          </button>
        </span>
      )}
      {children}
    </div>
  );
}

function describe({ time, band }: Selection): string {
  const parts = [
    time === null ? '' : `${formatClock(time.startS).slice(0, 8)} – ${formatClock(time.endS).slice(0, 8)}`,
    band === null ? '' : `${formatDuration(band.fromS)} – ${formatDuration(band.toS)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function GroupBy({ place, keys }: { readonly place: TracesPlace; readonly keys: readonly string[] }): ReactNode {
  const unlisted = place.by.startsWith('annotation.') && !keys.includes(place.by.slice('annotation.'.length));
  return (
    <label className="view-by">
      Group by
      <select
        className="field"
        data-testid="group-by"
        value={place.by}
        onChange={(event) => go({ ...place, by: event.target.value })}
      >
        <option value="">nothing, list traces</option>
        {TRACE_FIELDS.map((field) => (
          <option key={field} value={field}>
            {fieldLabel(field)}
          </option>
        ))}
        {keys.length === 0 && !unlisted ? null : (
          <optgroup label="Annotations">
            {unlisted ? <option value={place.by}>{visible(fieldLabel(place.by), 60)}</option> : null}
            {keys.map((key) => (
              <option key={key} value={`annotation.${key}`}>
                {visible(key, 60)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}
