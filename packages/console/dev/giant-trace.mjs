// One trace of very many spans, like a batch run: stages of workers that call services and tables. Not shipped.
import { seeded } from './shop.mjs';

const STAGES = ['extract', 'enrich', 'price', 'load'];

/** About `count` entities; the same for the same seed. Documents of at most a hundred entities each. */
export function giantTrace(traceId, count, startS, seed = 11) {
  const random = seeded(seed);
  let next = 1;
  const id = () => (next++).toString(16).padStart(16, '0');
  const root = segment('nightly-run', startS, startS + 60, undefined);
  const documents = [root];
  let made = 1;

  function segment(name, start, end, parent) {
    return {
      trace_id: traceId,
      id: id(),
      name,
      start_time: start,
      end_time: end,
      ...(parent ? { parent_id: parent } : {}),
    };
  }
  function work(parent, stage, at, length) {
    const call = { id: id(), name: `${stage}-service`, namespace: 'remote', start_time: at, end_time: at + length };
    call.http = { request: { method: 'POST', url: `https://${stage}.example/items` }, response: { status: 200 } };
    parent.subsegments.push(call);
    const fault = random() < 0.004;
    const served = segment(`${stage}-service`, at + length * 0.1, at + length * 0.9, call.id);
    served.subsegments = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, step) => ({
      id: id(),
      name: 'DynamoDB',
      namespace: 'aws',
      aws: { operation: step === 0 ? 'GetItem' : 'PutItem', table_name: `${stage}-items` },
      start_time: at + length * (0.15 + step * 0.12),
      end_time: at + length * (0.25 + step * 0.12),
    }));
    if (fault) Object.assign(served, { fault: true, http: { response: { status: 503 } } });
    documents.push(served);
    made += 2 + served.subsegments.length;
  }
  for (let batch = 0; made < count; batch += 1) {
    const stage = STAGES[batch % STAGES.length];
    const at = startS + (made / count) * 58;
    const worker = {
      ...segment(`${stage}-worker`, at, at + 1.5, root.id),
      origin: 'AWS::ECS::Fargate',
      subsegments: [],
    };
    documents.push(worker);
    made += 1;
    for (let item = 0; item < 60 && made < count; item += 1) work(worker, stage, at + random(), 0.05 + random() * 0.3);
  }
  return { traceId, documents };
}
