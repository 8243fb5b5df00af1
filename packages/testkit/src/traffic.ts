export { arrivals } from './traffic/arrivals.ts';
export { d2Key, d2Value, D2_KEY_COUNT, D2_SERVICE_COUNT, D2_VALUE_COUNT } from './traffic/d2.ts';
export { giantTrace, giantTraceId } from './traffic/d4.ts';
export { d5Order } from './traffic/d5-trace.ts';
export { createRandom, type Random } from './traffic/random.ts';
export { createReplay, type Replay, type ReplayOptions } from './traffic/replay.ts';
export type { TrafficSpan } from './traffic/span.ts';
export { createTraffic, type Arrival, type Traffic, type TrafficName, type TrafficOptions } from './traffic/traffic.ts';
