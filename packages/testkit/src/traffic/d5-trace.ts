import { createExceptions } from './d5-exceptions.ts';
import { createLandscape, type LandscapeService } from './d5-landscape.ts';
import { createRandom, createZipf, hex8, logUniform, scatter, traceHex, type Random } from './random.ts';
import type { AttributeValue, Peer, SpanHttp, TrafficSpan } from './span.ts';

/** Calls from service to service below the root: as deep as real traces mostly go. */
const DEPTH_MAX = 6;
/** Of one trace: keeps the largest ones the size of real ones. */
const SPANS_MAX = 200;
const STEPS_MAX = 4;
const FAULT_SHARE = 0.02;
/** Exporters send in batches; a few spans wait in a queue or a retry. */
const EXPORTED_WITHIN_US = 5_000_000;
const LATE_SHARE = 0.01;
const LATE_WITHIN_US = 60_000_000;

const TENANT_COUNT = 1_000;
const USER_COUNT = 100_000;
const FLAG_COUNT = 50;
const PLANS: readonly string[] = ['free', 'team', 'business'];
const REGIONS: readonly string[] = ['eu-central-1', 'eu-west-1', 'us-east-1', 'ap-south-1'];
const INTERNAL: readonly string[] = ['validate', 'render', 'serialize', 'authorize', 'price', 'merge', 'compress'];

/** A trace while it is made: what its spans share, and those there are already. */
interface Growing {
  readonly random: Random;
  readonly spans: TrafficSpan[];
  readonly traceId: string;
  readonly tenant: string;
  readonly user: string;
  readonly order: string;
  readonly session: string;
  readonly plan: string;
  readonly flag: string;
}

type Step = Pick<TrafficSpan, 'kind' | 'parentId' | 'operation' | 'peer' | 'startUs' | 'endUs'>;

/** The value of `order_id`, which one trace alone has. */
export function d5Order(seed: number, index: number): string {
  return `o-${hex8(scatter(seed ^ 0x0f0f0f0f, index))}${index.toString(36)}`;
}

/** Spans by the number of their trace and its start. */
export function createTraceMaker(
  seed: number,
  serviceCount: number,
): (index: number, startUs: number) => readonly TrafficSpan[] {
  const landscape = createLandscape(seed, serviceCount);
  const makeException = createExceptions(seed);
  const begin = createBeginning(seed);

  function add(growing: Growing, service: LandscapeService, step: Step): string {
    const { random, spans, traceId } = growing;
    const spanId = hex8(random.word() | 1) + hex8(random.word());
    const fault = random.share() < FAULT_SHARE;
    const isHttp = step.kind === 'server' || step.peer?.kind === 'service';
    spans.push({
      ...step,
      traceId,
      spanId,
      service: service.name,
      arrivesUs: step.endUs + delayUs(random),
      attributes: attributesOf(growing, service),
      http: isHttp ? httpOf(step.operation, step.peer?.name ?? service.name, fault) : null,
      exception: fault ? makeException(random) : null,
      fault,
    });
    return spanId;
  }

  /** A service's own span, with what it does one after another below it. */
  function serve(growing: Growing, at: number, parentId: string | null, depth: number, times: Times): void {
    const service = landscape.services[at];
    if (service === undefined) return;
    const { random, spans } = growing;
    const operation = service.operations[service.pickOperation(random)] ?? '';
    const span = add(growing, service, { kind: 'server', parentId, operation, peer: null, ...times });
    const stepCount = depth >= DEPTH_MAX ? 1 : 1 + random.below(STEPS_MAX);
    const shareUs = Math.floor((times.endUs - times.startUs) / stepCount);
    if (shareUs <= 3) return;
    for (let step = 0; step < stepCount && spans.length < SPANS_MAX; step += 1) {
      const startUs = times.startUs + step * shareUs;
      work(growing, service, span, depth, { startUs, endUs: startUs + 2 + random.below(shareUs - 2) });
    }
  }

  /** A call to another service, to a database, or work of its own. */
  function work(growing: Growing, service: LandscapeService, parentId: string, depth: number, times: Times): void {
    const { random } = growing;
    const kind = random.share();
    const callee = kind < 0.5 && depth < DEPTH_MAX ? service.callees[service.pickCallee(random)] : undefined;
    if (callee !== undefined) {
      const peer: Peer = { kind: 'service', name: landscape.services[callee]?.name ?? '' };
      const call = add(growing, service, { kind: 'client', parentId, operation: `call ${peer.name}`, peer, ...times });
      const marginUs = Math.floor((times.endUs - times.startUs) / 20);
      serve(growing, callee, call, depth + 1, { startUs: times.startUs + marginUs, endUs: times.endUs - marginUs });
    } else if (kind < 0.8 && service.database !== null) {
      const operation = service.queries[random.below(service.queries.length)] ?? '';
      add(growing, service, { kind: 'client', parentId, operation, peer: service.database, ...times });
    } else {
      const operation = INTERNAL[random.below(INTERNAL.length)] ?? '';
      add(growing, service, { kind: 'internal', parentId, operation, peer: null, ...times });
    }
  }

  return (index, startUs) => {
    const growing = begin(index);
    const tookUs = logUniform(growing.random, 2_000, 2_000_000);
    serve(growing, landscape.pickEntry(growing.random), null, 0, { startUs, endUs: startUs + tookUs });
    return growing.spans;
  };
}

function createBeginning(seed: number): (index: number) => Growing {
  const pickTenant = createZipf(TENANT_COUNT);
  const pickFlag = createZipf(FLAG_COUNT);
  return (index) => {
    const random = createRandom(seed, index);
    return {
      random,
      spans: [],
      traceId: traceHex(seed, index),
      tenant: `t${String(pickTenant(random)).padStart(4, '0')}`,
      user: `u${random.below(USER_COUNT)}`,
      order: d5Order(seed, index),
      session: hex8(random.word()) + hex8(random.word()),
      plan: PLANS[random.below(PLANS.length)] ?? '',
      flag: `flag-${pickFlag(random)}`,
    };
  };
}

interface Times {
  readonly startUs: number;
  readonly endUs: number;
}

function attributesOf(
  { random, tenant, user, order, session, plan, flag }: Growing,
  { pods, version }: LandscapeService,
): readonly (readonly [string, AttributeValue])[] {
  const region = REGIONS[random.below(REGIONS.length)] ?? '';
  return [
    ['deployment', random.below(20) === 0 ? 'canary' : 'production'],
    ['region', region],
    ['zone', `${region}${'abc'[random.below(3)]}`],
    ['host', `host-${random.below(300)}`],
    ['pod', pods[random.below(pods.length)] ?? ''],
    ['version', version],
    ['tenant', tenant],
    ['user_id', user],
    ['order_id', order],
    ['session_id', session],
    ['plan', plan],
    ['feature', flag],
    ['items', random.below(40)],
    ['payload_bytes', logUniform(random, 100, 200_000)],
    ['cache_hit', random.below(3) > 0],
  ];
}

function httpOf(operation: string, host: string, fault: boolean): SpanHttp {
  const [method = 'GET', path = '/'] = operation.startsWith('call ') ? ['GET', '/'] : operation.split(' ');
  return { method, url: `http://${host}.internal${path}`, status: fault ? 500 : 200 };
}

function delayUs(random: Random): number {
  return random.below(random.share() < LATE_SHARE ? LATE_WITHIN_US : EXPORTED_WITHIN_US);
}
