import { TRACE_FIELDS, type TraceGroups } from '@fluoroscope/api';
import { Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { andFilter } from '../../filter/builder.ts';
import { type Band, bandCondition } from '../../map/band.ts';
import { groupsTable, printCsv, printJson, type Table, tracesTable } from '../../summaries/export.ts';
import { describeLooked } from '../../summaries/groups.ts';
import type { SummaryRow } from '../../summaries/row.ts';
import { formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { TracesPlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { fieldLabel } from './field-label.ts';

interface ViewBarProps {
  readonly place: TracesPlace;
  readonly rows: readonly SummaryRow[];
  readonly answer: TraceGroups | undefined;
  /** Of response times, chosen and not yet part of the filter. */
  readonly band: Band | null;
  readonly onBandUsed: () => void;
}

/** Between the charts and the table: what the table is of, and how much the figures are made of. */
export function ViewBar({ place, rows, answer, band, onBandUsed }: ViewBarProps): ReactNode {
  const keys = answer?.annotationKeys ?? [];
  const unlisted = place.by.startsWith('annotation.') && !keys.includes(place.by.slice('annotation.'.length));
  return (
    <div className="view-bar">
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
      <span className="view-looked muted num" data-testid="looked">
        {answer === undefined ? '' : describeLooked(answer.looked)}
      </span>
      {band === null ? null : (
        <button
          type="button"
          className="btn btn-small btn-primary"
          data-testid="band-filter"
          onClick={() => {
            onBandUsed();
            go({ ...place, filter: andFilter(place.filter, bandCondition(band)) });
          }}
        >
          Only {formatDuration(band.fromS)} – {formatDuration(band.toS)}
        </button>
      )}
      <ExportMenu
        name={place.by === '' ? 'traces' : 'groups'}
        table={() => (place.by === '' ? tracesTable(rows) : groupsTable(answer?.groups ?? []))}
      />
    </div>
  );
}

interface ExportMenuProps {
  readonly name: string;
  readonly table: () => Table;
}

function ExportMenu({ name, table }: ExportMenuProps): ReactNode {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <button type="button" className="btn btn-small" data-testid="export" aria-label={`Export these ${name}`}>
          <IconDownload size={14} aria-hidden />
          <span className="wide-only">Export</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-testid="export-csv" onClick={() => save(`${name}.csv`, 'text/csv', printCsv(table()))}>
          CSV, as shown
        </Menu.Item>
        <Menu.Item
          data-testid="export-json"
          onClick={() => save(`${name}.json`, 'application/json', printJson(table()))}
        >
          JSON, as shown
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `fluoroscope-${name}`;
  link.click();
  URL.revokeObjectURL(url);
}
