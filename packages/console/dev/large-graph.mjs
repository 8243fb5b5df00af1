/* oxlint-disable oxc/no-map-spread -- made-up data for looking at pages */
// A made-up service graph of any size, the same for the same seed. Not shipped.
import { layoutMap } from '../../query/dist/index.js';
import { seeded } from './shop.mjs';

const TYPES = ['AWS::ECS::Container', 'AWS::EKS::Container', 'AWS::Lambda::Function'];
const LEAVES = [
  'AWS::DynamoDB::Table',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::S3::Bucket',
  'Database::SQL',
  'remote',
];
const TEAMS = ['checkout', 'search', 'media', 'billing', 'identity', 'ops', 'mobile', 'data'];

const made = new Map();

/** Made once for each count. */
export function largeGraph(count) {
  if (!made.has(count)) made.set(count, makeLargeGraph(count, 3));
  return made.get(count);
}

/** Services with the server's positions: clients, then a few layers of services, then what they use. */
function makeLargeGraph(count, seed) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const depth = Math.max(3, Math.round(Math.log2(count)));
  const nodes = Array.from({ length: count }, (_, at) => {
    const layer = at === 0 ? 0 : Math.min(depth, 1 + Math.floor(depth * (at / count) ** 0.7));
    const isLeaf = layer === depth || (layer > 2 && random() < 0.25);
    const team = pick(TEAMS);
    const Type = at === 0 ? 'client' : isLeaf ? pick(LEAVES) : pick(TYPES);
    return {
      at,
      layer,
      isLeaf,
      Name: at === 0 ? `${team}-gateway` : `${team}-${isLeaf ? 'store' : 'service'}-${at}`,
      Type,
    };
  });
  const targets = nodes.map(() => new Set());
  for (const node of nodes.slice(1)) {
    const callers = nodes.filter(({ layer, isLeaf }) => layer === node.layer - 1 && !isLeaf);
    if (callers.length > 0) for (let n = random() < 0.4 ? 2 : 1; n > 0; n -= 1) targets[pick(callers).at].add(node.at);
  }
  const services = nodes.map(({ at, Name, Type }) => ({
    ReferenceId: at,
    Name,
    Names: [Name],
    Type,
    ...(at === 1 ? { Root: true } : {}),
    State: LEAVES.includes(Type) || at === 0 ? 'unknown' : 'active',
    Edges: [...targets[at]].map((to) => ({ ReferenceId: to, Aliases: [], ...figures(random) })),
    ...(at === 0 ? {} : figures(random)),
  }));
  return { services, positions: layoutMap(services) };
}

function figures(random) {
  const total = 20 + Math.floor(random() * 4000);
  const fault = random() < 0.12 ? Math.ceil(total * random() * 0.08) : 0;
  const throttle = random() < 0.05 ? Math.ceil(total * 0.02) : 0;
  const error = random() < 0.15 ? Math.ceil(total * random() * 0.05) : 0;
  const middle = 0.004 * 10 ** (random() * 2);
  const ResponseTimeHistogram = Array.from({ length: 40 }, (_, at) => ({
    Value: Number((middle * 1.06 ** (at - 20)).toFixed(6)),
    Count: 1 + Math.floor((total / 12) * Math.exp(-(((at - 18) / 9) ** 2))),
  }));
  return {
    SummaryStatistics: {
      OkCount: total - fault - throttle - error,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: total,
      TotalResponseTime: total * middle,
    },
    ResponseTimeHistogram,
  };
}
