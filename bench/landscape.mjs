// Segments of a landscape with a given number of services, the same for the same seed: a front, layers below it, each service with one or two callers.

const SPREAD_S = 50;
const STEP_S = 0.001;
const LAYER_WIDTH = 1.6;

/** Texts of segments, one trace a connection, all within a minute from `startS` on. The map has a client besides. */
export function* landscape({ nodes, seed, startS }) {
  const random = seeded(seed);
  const callers = callersOf(nodes - 1, random);
  let traces = 0;
  for (const [service, own] of callers.entries()) {
    for (const caller of own) {
      traces += 1;
      yield* oneTrace([...pathTo(callers, caller), service], { number: traces, startS, random });
    }
  }
}

/** Service → who calls it, the first of them nearest to the front; −1 stands for the client. */
function callersOf(count, random) {
  return Array.from({ length: count }, (_, at) => {
    if (at === 0) return [-1];
    // Each layer is wider than the one above it.
    const from = Math.floor(at / LAYER_WIDTH / LAYER_WIDTH);
    const to = Math.max(from + 1, Math.floor(at / LAYER_WIDTH));
    const pick = () => from + Math.floor(random() * (to - from));
    return [...new Set(random() < 0.4 ? [pick(), pick()] : [pick()])];
  });
}

function pathTo(callers, service) {
  const path = [];
  for (let at = service; at >= 0; at = callers[at][0]) path.unshift(at);
  return path;
}

function* oneTrace(path, { number, startS, random }) {
  const begin = startS + random() * SPREAD_S;
  const hex = (value, digits) => value.toString(16).padStart(digits, '0');
  const traceId = `1-${hex(Math.floor(begin), 8)}-${hex(number, 24)}`;
  const idOf = (depth, isCall) => hex(number * 256 + depth * 2 + (isCall ? 1 : 0) + 1, 16);
  const length = STEP_S * (path.length + 1) * (1 + random());
  for (const [depth, service] of path.entries()) {
    const [from, to] = [begin + depth * STEP_S, begin + length - depth * STEP_S * 0.4];
    const next = path[depth + 1];
    yield JSON.stringify({
      trace_id: traceId,
      id: idOf(depth, false),
      ...(depth === 0 ? {} : { parent_id: idOf(depth - 1, true) }),
      name: `service-${service}`,
      origin: 'AWS::ECS::Container',
      start_time: from,
      end_time: to,
      http: { response: { status: 200 } },
      ...(depth === path.length - 1 && random() < 0.1 ? { fault: true } : {}),
      ...(next === undefined
        ? {}
        : {
            subsegments: [
              {
                id: idOf(depth, true),
                name: `service-${next}`,
                namespace: 'remote',
                start_time: from + STEP_S / 4,
                end_time: to - STEP_S / 4,
                http: { response: { status: 200 } },
              },
            ],
          }),
    });
  }
}

function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
