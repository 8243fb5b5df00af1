import { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { TraceID } from '../trace-id.ts';

/** AWS Lambda sends an invocation's segment itself. This one stands for it: it has its id and is never sent. */
export class FacadeSegment extends Segment {
  override readonly facade = true;

  constructor() {
    super('facade');
    this.trace_id = TraceID.Invalid().toString();
    this.id = '00000000';
    this.in_progress = false;
    this.notTraced = true;
  }

  override addAnnotation(): void {
    refuse('addAnnotation');
  }

  override addMetadata(): void {
    refuse('addMetadata');
  }

  override addError(): void {
    refuse('addError');
  }

  override addErrorFlag(): void {
    refuse('addErrorFlag');
  }

  override addFaultFlag(): void {
    refuse('addFaultFlag');
  }

  override addThrottleFlag(): void {
    refuse('addThrottleFlag');
  }

  override addIncomingRequestData(): void {
    refuse('addIncomingRequestData');
  }

  override addPluginData(): void {
    refuse('addPluginData');
  }

  override setMatchedSamplingRule(): void {
    refuse('setMatchedSamplingRule');
  }

  override setSDKData(): void {
    refuse('setSDKData');
  }

  override setServiceData(): void {
    refuse('setServiceData');
  }

  override setUser(): void {
    refuse('setUser');
  }

  override close(): void {}

  override flush(): void {}

  override format(): string {
    return '';
  }
}

function refuse(name: string): void {
  getLogger().warn(
    `Function "${name}" cannot be called on an AWS Lambda segment. Please use a subsegment to record data.`,
  );
}
