import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlagError, HELP, readFlags } from './flags.js';
import { startAdmin } from './outside/admin.js';
import { startBank } from './outside/bank.js';
import { startDatabase } from './outside/database.js';
import { startServices } from './start-services.js';
import { sendTraffic } from './traffic/traffic.js';

const SERVICES = ['frontend', 'catalog', 'cart', 'recommender', 'order', 'payment'];
const USE_ERROR = 2;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.isHelp) console.log(HELP);
  else await run(flags);
  process.exit();
} catch (error) {
  console.error(`shop: ${error.message}`);
  process.exit(error instanceof FlagError ? USE_ERROR : 1);
}

/** Runs the shop until a signal, the end of --seconds, or the death of a service, which is an error. */
async function run({ frontendPort, rate, seed, seconds, recommenderUrl, hasTraffic }) {
  const stopping = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, stopping));
  const [database, bank] = await Promise.all([startDatabase(), startBank()]);
  const admin = await startAdmin(database);
  const dynamodb = { SHOP_DYNAMODB_URL: database.url };
  const services = await startServices({
    names: SERVICES.filter((name) => name !== 'recommender' || recommenderUrl === undefined),
    env: { catalog: dynamodb, cart: dynamodb, order: dynamodb, frontend: { SHOP_PORT: String(frontendPort) } },
    others: { bank: bank.url, ...(recommenderUrl && { recommender: recommenderUrl }) },
  });

  let traffic;
  try {
    for (const [name, url] of Object.entries(services.listening)) console.log(`${name} listening on ${url}`);
    console.log(`admin listening on ${admin.url}`);
    console.log(`ready in ${Math.round(performance.now())} ms`);

    const { signal } = stopping;
    const ends = [...signals, services.died];
    if (seconds > 0) ends.push(sleep(seconds * 1000, undefined, { signal }));
    if (hasTraffic) {
      traffic = sendTraffic({ url: services.listening.frontend, rate, seed, signal, print: console.log });
      ends.push(traffic);
    }
    await Promise.race(ends);
  } finally {
    stopping.abort();
    await services.stop();
    // Its last report: visitors who wait for an answer learn by now that none will come.
    await traffic;
    for (const part of [admin, bank, database]) part.close();
  }
}
