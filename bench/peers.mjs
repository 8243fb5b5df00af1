import { cpuSeconds, residentMb } from './process-figures.mjs';

const NAME = /^PEER_([A-Z0-9]+)_(OTLP|ZIPKIN)$/;

/**
 * Other systems that take this dialect, as the environment names them: `PEER_JAEGER_OTLP=http://127.0.0.1:4318` with
 * `PEER_JAEGER_PID`, whose CPU time is its cost, and `PEER_JAEGER_TRACE=http://…/api/traces/{id}`, where a trace is read.
 */
export function peersOf(dialect, environment = process.env) {
  return Object.entries(environment).flatMap(([key, endpoint]) => {
    const [, name, of] = NAME.exec(key) ?? [];
    if (of?.toLowerCase() !== dialect) return [];
    const pid = Number(environment[`PEER_${name}_PID`]);
    if (!(pid > 0)) throw new Error(`${key} wants PEER_${name}_PID: the process whose CPU time it costs`);
    const traceUrl = environment[`PEER_${name}_TRACE`] ?? null;
    return [
      {
        name: name.toLowerCase(),
        endpoint,
        cpuSeconds: () => cpuSeconds(pid),
        residentMb: () => residentMb(pid),
        /** Spans of a trace that are found; null where nothing says how to ask. */
        countSpans: traceUrl === null ? null : (id) => countSpans(traceUrl.replace('{id}', id)),
      },
    ];
  });
}

/** In Jaeger's answer or in OTLP's JSON: each span names its id once, whatever the field is called. */
async function countSpans(url) {
  const answer = await fetch(url, { headers: { accept: 'application/json' } });
  if (!answer.ok) return 0;
  const text = await answer.text();
  return new Set(Array.from(text.matchAll(/"(?:spanID|spanId|span_id)":\s*"([^"]+)"/gi), ([, id]) => id)).size;
}
