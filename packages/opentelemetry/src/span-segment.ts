import { Segment } from '@fluoroscope/sdk';
import { SpanStatusCode, TraceFlags, type Span } from '@opentelemetry/api';

/**
 * Stands for an OpenTelemetry span where X-Ray instrumentation asks for the current segment: it has the span's ids, and what is recorded on it
 * is recorded on the span. It is never sent; subsegments under it are, each on its own, and belong to the span.
 */
export class SpanSegment extends Segment {
  override readonly facade = true;
  readonly #span: Span;
  readonly #annotated: string[] = [];

  constructor(span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    super('OpenTelemetry span', `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`);
    this.id = spanId;
    if ((traceFlags & TraceFlags.SAMPLED) === 0) this.notTraced = true;
    this.#span = span;
  }

  override addAnnotation(key: string, value: string | number | boolean): void {
    if (!this.#annotated.includes(key)) this.#annotated.push(key);
    this.#span.setAttributes({ [key]: value, 'aws.xray.annotations': [...this.#annotated] });
  }

  override addMetadata(key: string, value: unknown, namespace = 'default'): void {
    super.addMetadata(key, value, namespace);
    try {
      const text = JSON.stringify(this.metadata?.[namespace] ?? {});
      this.#span.setAttribute(`aws.xray.metadata.${namespace}`, text);
    } catch {
      this.#span.setAttribute(`aws.xray.metadata.${namespace}`, '[not serializable]');
    }
  }

  override addError(error: unknown): void {
    this.#span.recordException(error instanceof Error ? error : String(error));
    this.addFaultFlag();
  }

  override addErrorFlag(): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  override addFaultFlag(): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  override addThrottleFlag(): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  override setUser(user: string): void {
    this.#span.setAttribute('enduser.id', user);
  }

  /** The span ends when OpenTelemetry says so. */
  override close(error?: unknown): void {
    if (error !== undefined && error !== null) this.addError(error);
  }

  override flush(): void {}
}
