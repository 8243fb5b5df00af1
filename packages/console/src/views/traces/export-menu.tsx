import { Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { ExportState, TracesExport } from './use-export.ts';

type Kind = 'csv' | 'json';

interface ExportMenuProps {
  /** What is exported, such as `groups`. */
  readonly name: string;
  /** How much of it, such as `all that match`. */
  readonly extent: string;
  readonly onExport: (kind: Kind) => void;
}

export function ExportMenu({ name, extent, onExport }: ExportMenuProps): ReactNode {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <button type="button" className="btn btn-small" data-testid="export" aria-label={`Export ${name}`}>
          <IconDownload size={14} aria-hidden />
          <span className="wide-only">Export</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'json'] as const).map((kind) => (
          <Menu.Item key={kind} data-testid={`export-${kind}`} onClick={() => onExport(kind)}>
            {kind.toUpperCase()}, {extent}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface TracesExportMenuProps {
  readonly running: TracesExport;
  readonly onExport: (kind: Kind) => void;
  /** How many match, as far as is known. */
  readonly expectedCount: number | null;
}

/** The menu, or how far the file is. */
export function TracesExportMenu({ running, onExport, expectedCount }: TracesExportMenuProps): ReactNode {
  const { state, cancel } = running;
  if (state.kind !== 'running') {
    return (
      <>
        <span className="muted" role="status">
          {said(state)}
        </span>
        <ExportMenu name="traces" extent="all that match" onExport={onExport} />
      </>
    );
  }
  const share = expectedCount === null ? undefined : Math.min(1, state.count / Math.max(1, expectedCount));
  return (
    <span className="export-progress" data-testid="export-progress">
      <progress aria-label="Export" {...(share === undefined ? {} : { value: share, max: 1 })} />
      <span className="num">{formatCount(state.count)}</span>
      <button type="button" className="btn btn-small" data-testid="export-cancel" onClick={cancel}>
        Cancel
      </button>
    </span>
  );
}

function said(state: ExportState): string {
  if (state.kind === 'failed') return `Not exported: ${visible(state.message, 120)}`;
  return state.kind === 'cut' ? `Exported the newest ${formatCount(state.count)}` : '';
}
