import { IconArrowDown, IconWorld } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEntity } from '../../http/use-entity.ts';
import type { Entity } from '../../trace/entity.ts';
import { causeReference, causesIn, exceptionsOf, hasCause, type ShownException } from '../../trace/exceptions.ts';
import { idOfRow, nameOfRow, outcomeOfRow, rowOfId, serviceOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import { visible, visibleBlock } from '../../text/visible.ts';

const MESSAGE_CHARS_MAX = 8000;
const FRAMES_COUNT_MAX = 200;

interface ExceptionListProps {
  readonly entity: Entity;
  readonly plan: TracePlan;
  /** From this entity down to where the failure began. */
  readonly chain: readonly number[];
  readonly traceId: string;
  readonly onOpen: (id: string) => void;
}

export function ExceptionList({ entity, plan, chain, traceId, onOpen }: ExceptionListProps): ReactNode {
  const own = exceptionsOf(entity, [entity]);
  const reference = own.exceptions.length > 0 ? null : causeReference(entity);
  const holder = useEntity(traceId, plan, rowOfId(plan, reference));
  const exceptions = own.exceptions.length > 0 || holder.entity === null ? own.exceptions : causesIn(holder.entity);
  return (
    <div className="exceptions">
      {chain.length > 1 ? <FailureChain plan={plan} chain={chain} onOpen={onOpen} /> : null}
      {holder.entity === null || reference === null ? null : (
        <p className="notice">
          <span>
            Recorded further down, at{' '}
            <button type="button" className="linkish" onClick={() => onOpen(reference)}>
              {visible(holder.entity.name, 80)}
            </button>
          </span>
        </p>
      )}
      {exceptions.length === 0 && !(reference !== null && holder.isLoading) && hasCause(entity) ? (
        <p className="muted">The exception it refers to is not in this trace.</p>
      ) : null}
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

interface FailureChainProps {
  readonly plan: TracePlan;
  readonly chain: readonly number[];
  readonly onOpen: (id: string) => void;
}

/** Rows of a chain that are shown; the last one always is. */
const CHAIN_COUNT_MAX = 30;

/** How the failure came up through the services; the last one is where it began. */
function FailureChain({ plan, chain, onOpen }: FailureChainProps): ReactNode {
  const shown = chain.length > CHAIN_COUNT_MAX ? [...chain.slice(0, CHAIN_COUNT_MAX), ...chain.slice(-1)] : chain;
  return (
    <ol className="failure-chain" data-testid="failure-chain" aria-label="Where the failure came from">
      {shown.map((row, index) => (
        <li key={row} className={`o-${outcomeOfRow(plan, row)}`}>
          <button
            type="button"
            className="linkish"
            aria-current={index === 0 ? 'true' : undefined}
            onClick={() => onOpen(idOfRow(plan, row))}
          >
            {visible(nameOfRow(plan, row), 80)}
          </button>
          <span className="muted"> {visible(serviceOfRow(plan, row), 60)}</span>
          {index === shown.length - 1 ? <span className="tag tag-plain">began here</span> : null}
        </li>
      ))}
    </ol>
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
