import { IconArrowDown, IconWorld } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Entity } from '../../trace/entity.ts';
import { exceptionsOf, type ShownException } from '../../trace/exceptions.ts';
import { visible, visibleBlock } from '../../text/visible.ts';

const MESSAGE_CHARS_MAX = 8000;
const FRAMES_COUNT_MAX = 200;

interface ExceptionListProps {
  readonly entity: Entity;
  readonly all: readonly Entity[];
  readonly onOpen: (id: string) => void;
}

export function ExceptionList({ entity, all, onOpen }: ExceptionListProps): ReactNode {
  const { exceptions, recordedAt } = exceptionsOf(entity, all);
  return (
    <div className="exceptions">
      {recordedAt === null ? null : (
        <p className="notice">
          <span>
            Recorded further down, at{' '}
            <button type="button" className="linkish" onClick={() => onOpen(recordedAt.id)}>
              {visible(recordedAt.name, 80)}
            </button>
          </span>
        </p>
      )}
      {exceptions.length === 0 ? <p className="muted">The exception it refers to is not in this trace.</p> : null}
      {exceptions.map((exception, index) => (
        <div key={exception.id ?? index}>
          {index > 0 && exceptions[index - 1]?.causeId === exception.id && exception.id !== null ? (
            <p className="caused">
              <IconArrowDown size={13} aria-hidden /> caused by
            </p>
          ) : null}
          <ExceptionCard exception={exception} />
        </div>
      ))}
    </div>
  );
}

function ExceptionCard({ exception }: { readonly exception: ShownException }): ReactNode {
  const { type, message, remote, stack, truncated, id } = exception;
  const hidden = truncated + Math.max(0, stack.length - FRAMES_COUNT_MAX);
  return (
    <article className="exception" data-testid="exception">
      <h3>
        <span className="mono exception-type">{visible(type, 200)}</span>
        {remote ? (
          <span className="tag tag-plain">
            <IconWorld size={11} aria-hidden /> remote
          </span>
        ) : null}
      </h3>
      <p className="exception-message">{visibleBlock(message, MESSAGE_CHARS_MAX)}</p>
      {stack.length === 0 ? null : (
        <ol className="frames mono">
          {stack.slice(0, FRAMES_COUNT_MAX).map((frame, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- frames have no identity and never change order
            <li key={index} data-inside={/node_modules|^node:|^internal/.test(frame.path)}>
              <span className="frame-label">{visible(frame.label || '(anonymous)', 160)}</span>
              <span className="frame-path">
                {visible(frame.path)}
                {frame.line === undefined ? '' : `:${frame.line}`}
              </span>
            </li>
          ))}
        </ol>
      )}
      {hidden > 0 ? <p className="muted">{hidden} more frames</p> : null}
      {id === null ? null : <p className="exception-id mono muted">{visible(id, 40)}</p>}
    </article>
  );
}
