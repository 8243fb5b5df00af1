// Traces that try the console: hostile names, skew, orphans, work in progress, very many rows. Not shipped.

const ODD_ID = '000000000000000000000001';
const LARGE_ID = '000000000000000000000002';
export const oddTraceId = (now) => `1-${Math.floor(now - 400).toString(16)}-${ODD_ID}`;
export const largeTraceId = (now) => `1-${Math.floor(now - 410).toString(16)}-${LARGE_ID}`;

const LARGE_COUNT = 10_000;

export function oddTraces(shop, now) {
  return [odd(shop, now), large(shop, now)];
}

function odd({ hex }, now) {
  const at = now - 400;
  const trace_id = oddTraceId(now);
  const root = hex(16);
  const call = hex(16);
  const documents = [
    {
      trace_id,
      id: root,
      name: '<img src=x onerror=alert(1)>',
      start_time: at,
      in_progress: true,
      http: { request: { method: 'GET', url: 'javascript:alert(1)//\u202egnp.exe' } },
      annotations: { __proto__x: 'a\u0000b\u202ec', ['k'.repeat(400)]: 'v'.repeat(1000) },
      subsegments: [
        {
          id: call,
          name: 'worker\u0007\u200b.internal',
          namespace: 'remote',
          start_time: at + 0.02,
          end_time: at + 0.11,
          http: { request: { method: 'GET', url: 'http://worker.internal/' } },
        },
      ],
    },
    {
      trace_id,
      id: hex(16),
      parent_id: call,
      name: 'worker (clock 60 ms ahead)',
      start_time: at + 0.08,
      end_time: at + 0.19,
      error: true,
      http: { response: { status: 404 } },
      subsegments: [],
    },
    {
      trace_id,
      id: hex(16),
      parent_id: 'ffffffffffffffff',
      name: 'lost parent',
      start_time: at + 0.13,
      end_time: at + 0.16,
      throttle: true,
      http: { response: { status: 429 } },
      subsegments: [],
    },
    {
      trace_id,
      id: 'aaaaaaaaaaaaaaaa',
      parent_id: 'bbbbbbbbbbbbbbbb',
      name: 'cycle a',
      start_time: at + 0.1,
      end_time: at + 0.12,
      subsegments: [],
    },
    {
      trace_id,
      id: 'bbbbbbbbbbbbbbbb',
      parent_id: 'aaaaaaaaaaaaaaaa',
      name: 'cycle b',
      start_time: at + 0.105,
      end_time: at + 0.11,
      subsegments: [],
    },
  ];
  return { traceId: trace_id, documents };
}

function large({ hex, random }, now) {
  const at = now - 410;
  const trace_id = largeTraceId(now);
  const root = {
    trace_id,
    id: hex(16),
    name: 'batch-import',
    origin: 'AWS::ECS::Fargate',
    start_time: at,
    end_time: at + 42,
    http: { request: { method: 'POST', url: 'https://shop.example/import' }, response: { status: 202 } },
    subsegments: [],
  };
  for (let index = 0; index < LARGE_COUNT; index += 1) {
    const start = at + (index / LARGE_COUNT) * 41;
    root.subsegments.push({
      id: hex(16),
      name: `import row ${index}`,
      start_time: start,
      end_time: start + random() * 0.2,
      ...(random() < 0.01 ? { fault: true } : {}),
    });
  }
  return { traceId: trace_id, documents: [root] };
}
