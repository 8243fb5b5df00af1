import {
  parseXAmznTraceHeader,
  printXAmznTraceHeader,
  parseSegmentId,
  parseTraceId,
  toW3cTraceId,
  X_AMZN_TRACE_HEADER,
  type XAmznTraceHeader,
} from '@fluoroscope/model';
import {
  createContextKey,
  isSpanContextValid,
  trace,
  TraceFlags,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';

const KEY = X_AMZN_TRACE_HEADER.toLowerCase();
/** What the caller's header carried beyond ids and decision, such as `Lineage`. */
const EXTRAS = createContextKey('x-amzn-trace-id extras');

/**
 * `X-Amzn-Trace-Id: Root=1-8HEXDIG-24HEXDIG;Parent=16HEXDIG;Sampled=0/1`. Without a `Parent`, or where the receiver is to decide, there is
 * no parent that OpenTelemetry could stand for: a trace begins, as with its own propagators.
 */
export class XRayPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (span === undefined || !isSpanContextValid(span)) return;
    const root = parseTraceId(`1-${span.traceId.slice(0, 8)}-${span.traceId.slice(8)}`);
    const parent = parseSegmentId(span.spanId);
    if (!root.ok || !parent.ok) return;
    const sampled = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? 'no' : 'yes';
    const extras = readExtras(context.getValue(EXTRAS));
    setter.set(carrier, KEY, printXAmznTraceHeader({ root: root.value, parent: parent.value, sampled, extras }));
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const value = getter.get(carrier, KEY) ?? getter.get(carrier, X_AMZN_TRACE_HEADER);
    const text = Array.isArray(value) ? value.at(-1) : value;
    const header = typeof text === 'string' ? parseXAmznTraceHeader(text) : undefined;
    if (header?.ok !== true) return context;
    const { root, parent, sampled, extras } = header.value;
    if (root === null || parent === null || (sampled !== 'yes' && sampled !== 'no')) return context;
    const traceFlags = sampled === 'yes' ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const remote = { traceId: toW3cTraceId(root), spanId: parent, traceFlags, isRemote: true };
    return trace.setSpanContext(extras.length === 0 ? context : context.setValue(EXTRAS, extras), remote);
  }

  fields(): string[] {
    return [KEY];
  }
}

function readExtras(value: unknown): XAmznTraceHeader['extras'] {
  return Array.isArray(value) ? value : [];
}
