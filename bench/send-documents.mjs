import { createClient } from './client.mjs';
import { sleep } from './numbers.mjs';

const DOCUMENTS_A_CALL = 50;
const CALLS_AT_ONCE = 4;
/** Until a refused call is sent again. */
const REFUSED_MS = 20;

/** Sends documents, texts in an order, by PutTraceSegments; what is refused for now is sent again. */
export async function sendDocuments(address, texts) {
  const client = createClient(address, CALLS_AT_ONCE);
  const calls = callsOf(texts);
  try {
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, () => sendEach(client, calls)));
  } finally {
    client.close();
  }
}

function* callsOf(texts) {
  let call = [];
  for (const text of texts) {
    call.push(text);
    if (call.length < DOCUMENTS_A_CALL) continue;
    yield call;
    call = [];
  }
  if (call.length > 0) yield call;
}

/** Several take from the same calls; one that is told to wait sends its call again. */
async function sendEach(client, calls) {
  for (let next = calls.next(); next.done !== true; next = calls.next()) {
    const body = Buffer.from(JSON.stringify({ TraceSegmentDocuments: next.value }));
    for (;;) {
      const { status, text } = await client.send('/TraceSegments', body);
      if (status === 200 && text.includes('"UnprocessedTraceSegments":[]')) break;
      if (status !== 429) throw new Error(`PutTraceSegments: ${status} ${text.slice(0, 500)}`);
      await sleep(REFUSED_MS);
    }
  }
}
