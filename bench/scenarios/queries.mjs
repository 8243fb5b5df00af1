import { createClient } from '../client.mjs';
import { askServer, measureQueries } from '../measure-queries.mjs';
import { createQueries } from '../queries.mjs';
import { startServer } from '../server.mjs';
import { prepareStore, runProcess } from '../stores.mjs';

/** P8, P9, P10, P11: questions of one topic, over HTTP and of the store itself. */
export function createQueryScenario(topic) {
  return async (options) => {
    const { checkout, runsMax } = options;
    const { dataDir, loaded } = await prepareStore(options);
    const overHttp = await askOverHttp({ checkout, dataDir, loaded, topics: [topic], runsMax });
    const inStore = await runProcess('read-store', { checkout, dataDir, loaded, topics: [topic], runsMax });
    return {
      figures: {
        spans: loaded.spans,
        traces: loaded.traces,
        ...flatten('http', overHttp.figures),
        ...flatten('store', inStore.figures),
        serverResidentMb: overHttp.residentMb,
        storeOpenMs: inStore.openMs,
      },
    };
  };
}

/** What only a server answers. */
export function createHttpScenario(topic) {
  return async (options) => {
    const { checkout, runsMax } = options;
    const { dataDir, loaded } = await prepareStore(options);
    const overHttp = await askOverHttp({ checkout, dataDir, loaded, topics: [topic], runsMax });
    return {
      figures: {
        spans: loaded.spans,
        traces: loaded.traces,
        ...flatten('http', overHttp.figures),
        serverResidentMb: overHttp.residentMb,
      },
    };
  };
}

export async function askOverHttp({ checkout, dataDir, loaded, topics, runsMax }) {
  const server = await startServer({ checkout, dataDir });
  try {
    const client = createClient(server.http);
    const figures = await measureQueries(createQueries(loaded, topics), askServer(client), server.cpuSeconds, runsMax);
    return { figures, residentMb: Math.round(server.residentMb()) };
  } finally {
    await server.stop();
  }
}

/** `http random p99Ms` and so on. */
export function flatten(by, figures) {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([query, times]) =>
      Object.entries(times).map(([figure, value]) => [`${by} ${query} ${figure}`, value]),
    ),
  );
}
