import type { RulesConfig } from './local-rules.ts';

/** What is known of a request when it is decided on. What is left out matches every pattern. */
export interface SampleRequest {
  readonly host?: string | undefined;
  readonly httpMethod?: string | undefined;
  /** Without the query. */
  readonly urlPath?: string | undefined;
  readonly serviceName?: string | undefined;
  /** The segment's origin, such as AWS::EC2::Instance. */
  readonly serviceType?: string | undefined;
}

export interface Sampler {
  /** No, yes, or the name of the central rule that says yes. */
  shouldSample(request: SampleRequest): boolean | string;
  /** There is a request that its caller has decided on: nobody asks, but what comes from the daemon is wanted. */
  begin?(): void;
  /** @throws Error for rules that cannot be read */
  setLocalRules(source: string | RulesConfig): void;
}
