import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconClockExclamation,
  IconUnlink,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { kindOf } from '../../map/kind.ts';
import { OUTCOME_LABEL } from '../../map/shares.ts';
import type { Entity } from '../../trace/entity.ts';
import { hasCause } from '../../trace/exceptions.ts';
import { objectOf, textOf } from '../../trace/entity.ts';
import type { TimelineRow } from '../../trace/timeline.ts';
import { formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';
import { HttpStatus, OutcomeIcon } from '../../widgets/outcome.tsx';

const INDENT_PX = 15;
/** Deeper rows keep their order but stop moving right, so that names stay readable. */
const INDENT_LEVELS_MAX = 14;

interface TimelineRowProps {
  readonly row: TimelineRow;
  readonly index: number;
  readonly top: number;
  readonly lengthS: number;
  readonly hue: number;
  readonly ticks: readonly number[];
  readonly collapsed: boolean;
  readonly selected: boolean;
  readonly tabbable: boolean;
  readonly faded: boolean;
  readonly onFold: () => void;
  readonly onSelect: () => void;
}

export const TimelineRowView = memo(function TimelineRowView(props: TimelineRowProps): ReactNode {
  const { row, index, top, lengthS, hue, ticks, collapsed, selected, tabbable, faded, onFold, onSelect } = props;
  const { entity } = row;
  return (
    <div
      role="row"
      aria-level={row.depth + 1}
      aria-expanded={row.childCount > 0 ? !collapsed : undefined}
      aria-selected={selected}
      aria-rowindex={index + 1}
      aria-label={`${visible(entity.name)}, ${OUTCOME_LABEL[row.outcome]}, ${formatDuration(row.lengthS)}`}
      tabIndex={tabbable ? 0 : -1}
      className={`t-row o-${row.outcome}`}
      data-index={index}
      data-testid={`row-${entity.id}`}
      data-segment={entity.isSegment}
      data-faded={faded}
      data-inferred={entity.inferred}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onSelect}
    >
      <div
        role="gridcell"
        className="t-name"
        style={{ paddingLeft: 12 + Math.min(row.depth, INDENT_LEVELS_MAX) * INDENT_PX }}
      >
        <span className="t-strip" style={{ background: `oklch(0.66 0.13 ${hue})` }} aria-hidden />
        {row.childCount > 0 ? (
          <button
            type="button"
            className="t-fold"
            tabIndex={-1}
            aria-label={collapsed ? 'Expand' : 'Collapse'}
            onClick={(event) => {
              event.stopPropagation();
              onFold();
            }}
          >
            {collapsed ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
          </button>
        ) : (
          <span className="t-fold" />
        )}
        <RowName row={row} />
      </div>
      <div role="gridcell" className="t-status num">
        {entity.status === undefined ? null : <HttpStatus status={entity.status} />}
      </div>
      <div role="gridcell" className="t-time num">
        {row.outcome === 'pending' ? <span className="t-pending">pending</span> : formatDuration(row.lengthS)}
      </div>
      <div role="gridcell" className="t-axis">
        {ticks.map((tick) => (
          <span key={tick} className="t-grid" style={{ left: `${(tick / lengthS) * 100}%` }} />
        ))}
        <Bar row={row} lengthS={lengthS} />
      </div>
    </div>
  );
});

function RowName({ row }: { readonly row: TimelineRow }): ReactNode {
  const { entity } = row;
  const detail = detailOf(entity);
  return (
    <>
      {entity.isSegment ? (
        <span className="t-kind">
          <KindIcon kind={kindOf(entity.origin)} size={14} />
        </span>
      ) : null}
      <span className="clip t-text" title={visible(entity.name)}>
        {visible(entity.name, 120)}
        {detail === '' ? null : <span className="t-detail">{visible(detail, 100)}</span>}
      </span>
      {entity.inferred ? <span className="t-mark">inferred</span> : null}
      {row.orphan ? (
        <span className="t-mark" title="Its parent is not in this trace">
          <IconUnlink size={11} aria-hidden /> orphan
        </span>
      ) : null}
      {row.outside ? (
        <span
          className="t-mark"
          title="Lies partly outside its parent: clocks differ, or work went on after the answer"
        >
          <IconClockExclamation size={11} aria-label="Outside its parent" />
        </span>
      ) : null}
      {hasCause(entity) ? (
        <span className="t-cause" title="Has an exception">
          <IconAlertTriangle size={12} aria-label="Has an exception" />
        </span>
      ) : null}
    </>
  );
}

function Bar({ row, lengthS }: { readonly row: TimelineRow; readonly lengthS: number }): ReactNode {
  const left = (row.offsetS / lengthS) * 100;
  const width = (row.lengthS / lengthS) * 100;
  const side = left + width <= 88 ? 'right' : left > 14 ? 'left' : 'inside';
  const place = {
    right: { left: `calc(${left + width}% + 5px)` },
    left: { right: `calc(${100 - left}% + 5px)` },
    inside: { left: `calc(${left}% + 6px)` },
  }[side];
  return (
    <>
      <span
        className="t-bar"
        data-segment={row.entity.isSegment}
        data-outcome={row.outcome}
        style={{ left: `${left}%`, width: `max(2px, ${width}%)` }}
      />
      {row.outcome === 'ok' ? null : (
        <span className="t-bar-mark" data-side={side} style={place}>
          <OutcomeIcon outcome={row.outcome} size={11} />
          {OUTCOME_LABEL[row.outcome]}
        </span>
      )}
    </>
  );
}

function detailOf(entity: Entity): string {
  const aws = objectOf(entity.raw['aws']);
  if (entity.namespace === 'aws') {
    const resource =
      aws?.['table_name'] ?? aws?.['queue_url'] ?? aws?.['bucket_name'] ?? aws?.['function_name'] ?? aws?.['topic_arn'];
    const last = textOf(resource)?.split(/[/:]/).at(-1);
    return [textOf(aws?.['operation']), last].filter((it) => it !== undefined).join(' ');
  }
  if (entity.inferred || entity.url === undefined) return '';
  const path = /^[a-z]+:\/\/[^/]*(\/.*)?$/i.exec(entity.url)?.[1] ?? entity.url;
  return `${entity.method ?? ''} ${path}`.trim();
}
