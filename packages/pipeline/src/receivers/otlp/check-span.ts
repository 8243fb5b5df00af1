import type { OtlpSpan } from '@fluoroscope/model';
import { SpanFault } from './problem.ts';

const NO_TRACE_ID = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);

/** The same span when it has usable ids; throws `SpanFault` otherwise. A parent id of zeros means none. */
export function checkSpan(span: OtlpSpan): OtlpSpan {
  const { traceId, spanId, parentSpanId } = span;
  if (traceId.length !== 32 || traceId === NO_TRACE_ID) {
    throw new SpanFault('span.trace_id', `16 bytes, not all 0, found ${found(traceId)}`);
  }
  if (spanId.length !== 16 || spanId === NO_SPAN_ID) {
    throw new SpanFault('span.span_id', `8 bytes, not all 0, found ${found(spanId)}`);
  }
  if (parentSpanId === '' || (parentSpanId.length === 16 && parentSpanId !== NO_SPAN_ID)) return span;
  if (parentSpanId === NO_SPAN_ID) return { ...span, parentSpanId: '' };
  throw new SpanFault('span.parent_span_id', `8 bytes or none, found ${found(parentSpanId)}`);
}

function found(id: string): string {
  return /^0+$/.test(id) ? 'zeros' : `${id.length / 2} bytes`;
}
