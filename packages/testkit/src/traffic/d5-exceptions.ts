import { createRandom, createZipf, type Random } from './random.ts';
import type { SpanException } from './span.ts';

const TYPES: readonly string[] = ['TimeoutError', 'ConnectionError', 'ValidationError', 'NotFoundError', 'TypeError'];
const MODULES: readonly string[] = ['router', 'handler', 'client', 'pool', 'codec', 'session', 'retry', 'queue'];
const SITE_COUNT = 40;
const FRAMES_MIN = 8;
const FRAMES_MORE = 25;

/** Failures come from few places, some far more often than others: the stacks repeat, the messages do not quite. */
export function createExceptions(seed: number): (random: Random) => SpanException {
  const sites = Array.from({ length: SITE_COUNT }, (_item, at) => makeSite(createRandom(seed ^ 0xfa17, at)));
  const pickSite = createZipf(SITE_COUNT);
  return (random) => {
    const site = sites[pickSite(random)];
    return {
      type: site?.type ?? 'Error',
      message: `no answer from 10.0.${random.below(256)}.${random.below(256)} after ${random.below(30_000)} ms`,
      frames: site?.frames ?? [],
    };
  };
}

function makeSite(random: Random): Pick<SpanException, 'type' | 'frames'> {
  return {
    type: TYPES[random.below(TYPES.length)] ?? 'Error',
    frames: Array.from({ length: FRAMES_MIN + random.below(FRAMES_MORE) }, () => {
      const module = MODULES[random.below(MODULES.length)] ?? '';
      return {
        path: `/app/node_modules/${module}/lib/${module}-${random.below(20)}.js`,
        line: 1 + random.below(900),
        label: `${module}.handle${random.below(50)}`,
      };
    }),
  };
}
