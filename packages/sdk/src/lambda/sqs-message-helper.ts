/** A record as Lambda hands it over from a queue. */
export interface SqsMessage {
  readonly attributes?: { readonly AWSTraceHeader?: string };
}

export const SqsMessageHelper: {
  /** Whether the sender of the message was sampled. */
  isSampled(message: SqsMessage): boolean;
} = {
  isSampled: (message) => message.attributes?.AWSTraceHeader?.includes('Sampled=1') ?? false,
};
