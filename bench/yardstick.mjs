import { median, round } from './numbers.mjs';

const PARSES = 20_000;
const ROUNDS = 7;

/** About 1 kB, as a service with three calls sends it. */
const DOCUMENT = JSON.stringify({
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  id: '53995c3f42cd8ad8',
  name: 'orders',
  start_time: 1478293361.271,
  end_time: 1478293361.449,
  http: {
    request: { method: 'POST', url: 'https://api.example.com/orders', client_ip: '10.1.2.3' },
    response: { status: 200 },
  },
  annotations: { customer: 124, zip_code: '98101', country: 'Norway', internal: false, tier: 'gold' },
  subsegments: ['stock', 'payment', 'mail'].map((name, index) => ({
    id: `53995c3f42cd8ad${index}`,
    name,
    start_time: 1478293361.28 + index / 20,
    end_time: 1478293361.32 + index / 20,
    namespace: 'remote',
    http: { request: { method: 'GET', url: `https://${name}.example.com/` }, response: { status: 200 } },
  })),
});

/** How quick this machine is just now: µs of CPU time that JSON.parse takes for one document. Between machines, and hours, it differs by three and more. */
export function measureParseUs() {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let count = 0; count < PARSES; count += 1) JSON.parse(DOCUMENT);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / PARSES;
  });
  return round(median(rounds), 2);
}
