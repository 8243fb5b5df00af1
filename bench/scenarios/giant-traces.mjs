import { giantTrace, giantTraceId } from '@fluoroscope/testkit/traffic';
import { createClient } from '../client.mjs';
import { round } from '../numbers.mjs';
import { sendDocuments } from '../send-documents.mjs';
import { startServer } from '../server.mjs';
import { drain, settle } from '../settle.mjs';

/** D4: what one very long trace costs to take, to store and to read. */
export async function giantTraces({ checkout, seed, spans }) {
  const server = await startServer({ checkout });
  try {
    const client = createClient(server.http);
    const startUs = Math.floor(Date.now() * 1000) - 3_600e6;
    const startedMs = performance.now();
    await sendDocuments(server.http, textsOf(giantTrace({ seed, startUs, spanCount: spans })));
    const sentMs = performance.now() - startedMs;
    await drain(server);
    const visibleMs = performance.now() - startedMs;
    await settle(server);
    const cpuSeconds = server.cpuSeconds();
    const readMs = performance.now();
    const { status, text } = await client.send(
      '/Traces',
      Buffer.from(JSON.stringify({ TraceIds: [giantTraceId(seed)] })),
    );
    const tookMs = performance.now() - readMs;
    return {
      figures: {
        spans,
        sentSeconds: round(sentMs / 1000, 1),
        visibleSeconds: round(visibleMs / 1000, 1),
        cpuSecondsPerMillionSpans: round((cpuSeconds / spans) * 1e6, 1),
        readStatus: status,
        readMs: round(tookMs),
        answerMb: round(text.length / 2 ** 20, 1),
        documents: (await server.status()).documentCount,
        peakMb: round(server.peakResidentMb()),
      },
    };
  } finally {
    await server.stop();
  }
}

function* textsOf(documents) {
  for (const { text } of documents) yield text;
}
