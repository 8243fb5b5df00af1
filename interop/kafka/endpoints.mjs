import { prepareKafka } from './prepare-kafka.mjs';
import { startBroker } from './broker.mjs';
import { startClickHouse } from './clickhouse.mjs';

// node interop/kafka/endpoints.mjs [NAME …]: the broker and the engine of the suites, to be used by hand, with an empty
// topic and an empty database of each name. Prints what the bench wants in its environment, one run after another, and
// runs until its standard input ends.

const PARTITIONS = 4;
const names = process.argv.length > 2 ? process.argv.slice(2) : ['bench'];

const print = (line) => process.stderr.write(`${line}\n`);
const broker = await startBroker(await prepareKafka(print));
const clickHouse = await startClickHouse();
for (const name of names) {
  await broker.createTopic(name, PARTITIONS);
  process.stdout.write(
    `BENCH_JOURNAL=kafka://${broker.address}/${name} BENCH_STORE_URL=${clickHouse.url}/${name} BENCH_STORE_CREDENTIALS=${clickHouse.credentialsFile}\n`,
  );
}
process.stdin.resume().once('end', () => void stop());

async function stop() {
  await broker.stop();
  await clickHouse.stop();
  process.exit(0);
}
