import { TraceID } from '@fluoroscope/sdk';

/** Trace ids that begin with the time, as X-Ray's do: AWS's daemon and service expect it. */
export class XRayIdGenerator {
  readonly generateTraceId = (): string => {
    const { timestamp, id } = new TraceID();
    return timestamp + id;
  };

  readonly generateSpanId = (): string => {
    for (;;) {
      const id = new TraceID().id.slice(0, SPAN_ID_DIGITS);
      if (!ALL_ZERO.test(id)) return id;
    }
  };
}

const SPAN_ID_DIGITS = 16;
const ALL_ZERO = /^0*$/;
