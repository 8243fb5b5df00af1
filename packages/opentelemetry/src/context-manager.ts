import { getNamespace, isAutomaticMode, Segment, Subsegment, type SegmentLike } from '@fluoroscope/sdk';
import {
  isSpanContextValid,
  trace,
  TraceFlags,
  type Context,
  type ContextManager,
  type Span,
} from '@opentelemetry/api';
import { SpanSegment } from './span-segment.ts';

const SEGMENT = 'segment';

/**
 * One answer to "what runs now" for both: a span begun under a segment or subsegment is its child, and a subsegment begun under a span is the span's.
 * It wraps OpenTelemetry's own manager, such as `AsyncLocalStorageContextManager`. In manual mode of the SDK it changes nothing.
 */
export class XRayContextManager implements ContextManager {
  readonly #inner: ContextManager;
  /** Of spans, the segment that stands for each; and of segments' stand-ins among spans, the segment itself. */
  readonly #entities = new WeakMap<Span, SegmentLike>();
  readonly #spans = new WeakMap<SegmentLike, Span>();

  constructor(inner: ContextManager) {
    this.#inner = inner;
  }

  active(): Context {
    const context = this.#inner.active();
    const entity = currentEntity();
    if (entity === undefined) return context;
    const span = trace.getSpan(context);
    if (span !== undefined && this.#entities.get(span) === entity) return context;
    const standIn = this.#spanOf(entity);
    return standIn === undefined ? context : trace.setSpan(context, standIn);
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (!isAutomaticMode()) return this.#inner.with(context, fn, thisArg, ...args);
    const entity = this.#entityOf(trace.getSpan(context));
    return getNamespace().runWith(SEGMENT, entity, () => this.#inner.with(context, fn, thisArg, ...args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return this.#inner.bind(context, target);
    const bound = (...args: unknown[]): unknown => this.with(context, () => Reflect.apply(target, undefined, args));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- called as the target is
    return bound as T;
  }

  enable(): this {
    this.#inner.enable();
    return this;
  }

  disable(): this {
    this.#inner.disable();
    return this;
  }

  #entityOf(span: Span | undefined): SegmentLike | undefined {
    if (span === undefined || !isSpanContextValid(span.spanContext())) return undefined;
    const known = this.#entities.get(span);
    if (known !== undefined) return known;
    const made = new SpanSegment(span);
    this.#entities.set(span, made);
    this.#spans.set(made, span);
    return made;
  }

  #spanOf(entity: SegmentLike): Span | undefined {
    const known = this.#spans.get(entity);
    if (known !== undefined) return known;
    const traceId = (entity instanceof Segment ? entity : entity.segment)?.trace_id;
    if (traceId === undefined) return undefined;
    const made = trace.wrapSpanContext({
      traceId: traceId.slice(2, 10) + traceId.slice(11),
      spanId: entity.id,
      traceFlags: entity.notTraced === true ? TraceFlags.NONE : TraceFlags.SAMPLED,
    });
    if (!isSpanContextValid(made.spanContext())) return undefined;
    this.#entities.set(made, entity);
    this.#spans.set(entity, made);
    return made;
  }
}

function currentEntity(): SegmentLike | undefined {
  const found = isAutomaticMode() ? getNamespace().get(SEGMENT) : undefined;
  return found instanceof Segment || found instanceof Subsegment ? found : undefined;
}
