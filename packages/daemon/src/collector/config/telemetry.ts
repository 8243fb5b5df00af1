import { z } from 'zod';
import { integer, listenAddress, orEmpty, text, type ListenAddress } from './kinds.ts';

/** Below `service.telemetry`. */
export interface TelemetryConfig {
  /** Null: no metrics, no health. */
  readonly metricsAt: ListenAddress | null;
}

const METRICS_AT: ListenAddress = { host: 'localhost', port: 8_888 };

const ONE_READER = 'expected one reader: pull, with the exporter prometheus';

const reader = z.strictObject(
  {
    pull: z.strictObject(
      {
        exporter: z.strictObject(
          {
            prometheus: z.strictObject({
              host: text.default(METRICS_AT.host),
              port: integer(0, 65_535).default(METRICS_AT.port),
            }),
          },
          { error: ONE_READER },
        ),
      },
      { error: ONE_READER },
    ),
  },
  { error: ONE_READER },
);

const metrics = z.strictObject({
  address: listenAddress.optional(),
  readers: z.array(reader, { error: ONE_READER }).length(1, ONE_READER).optional(),
  level: z
    .enum(['none', 'basic', 'normal', 'detailed'], { error: 'expected none, basic, normal or detailed' })
    .default('normal'),
});

/** The collector logs what an operator must know, at one level. */
const logs = z.strictObject({
  level: z.enum(['info', 'INFO'], { error: 'expected info: there is no other level' }).optional(),
});

export const telemetry: z.ZodType<TelemetryConfig> = orEmpty(
  z.strictObject({ metrics: orEmpty(metrics), logs: orEmpty(logs) }).transform((config, context): TelemetryConfig => {
    const { address, readers, level } = config.metrics;
    if (address !== undefined && readers !== undefined) {
      context.addIssue({ code: 'custom', path: ['metrics', 'address'], message: 'expected address or readers' });
    }
    const at = readers?.[0]?.pull.exporter.prometheus ?? address ?? METRICS_AT;
    return { metricsAt: level === 'none' ? null : at };
  }),
);
