import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { preparePython } from './prepare-python.mjs';
import { startServer } from './server.mjs';
import { awsCli } from './suites/aws-cli.mjs';
import { charts } from './suites/charts.mjs';
import { collector } from './suites/collector.mjs';
import { grafana } from './suites/grafana.mjs';
import { grpc } from './suites/grpc.mjs';
import { grpcExamples } from './suites/grpc-examples.mjs';
import { image } from './suites/image.mjs';
import { kafka } from './suites/kafka.mjs';
import { kafkaExporter } from './suites/kafka-exporter.mjs';
import { kafkaClickHouse } from './suites/kafka-clickhouse.mjs';
import { boto3, operations, pythonSdk } from './suites/python-scripts.mjs';
import { pythonRecommender } from './suites/python-recommender.mjs';
import { redis } from './suites/redis.mjs';
import { samplers } from './suites/samplers.mjs';
import { sdkServers } from './suites/sdk-servers.mjs';
import { goSdk, javaSdk } from './suites/udp-sdks.mjs';
import { createTally } from './tally.mjs';

const HELP = `Runs clients that are not ours against a real server.

  --only NAME      one suite; a name that is none lists them
  --program FILE   the server's program (default: packages/cli/dist/main.js)

Ends with "interop: N passed, N failed"; exit code 0 when nothing failed.`;

/** By the name for --only. These share a server; each takes { server, python, tally }. */
const CLIENT_SUITES = {
  'aws-cli': awsCli,
  boto3,
  operations,
  'python-sdk': pythonSdk,
  'python-recommender': pythonRecommender,
};

/** These start servers of their own; each takes { program, tally, print }. */
const SERVER_SUITES = {
  grafana,
  'go-sdk': goSdk,
  'java-sdk': javaSdk,
  collector,
  samplers,
  'sdk-servers': sdkServers,
  grpc,
  'grpc-examples': grpcExamples,
  redis,
  kafka,
  'kafka-exporter': kafkaExporter,
  'kafka-clickhouse': kafkaClickHouse,
  charts,
  image,
};

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    program: { type: 'string', default: fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) print(HELP);
else if (flags.only !== undefined && !Object.hasOwn({ ...CLIENT_SUITES, ...SERVER_SUITES }, flags.only)) {
  const names = Object.keys({ ...CLIENT_SUITES, ...SERVER_SUITES });
  process.stderr.write(`interop: no suite ${flags.only}; there are ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const tally = createTally(print);
  await runClientSuites(tally);
  await runServerSuites(tally);
  for (const name of tally.secondTries) print(`passed at the second try: ${name}`);
  print(`interop: ${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

function chosen(suites) {
  return Object.entries(suites).filter(([name]) => flags.only === undefined || flags.only === name);
}

async function runClientSuites(tally) {
  const suites = chosen(CLIENT_SUITES);
  if (suites.length === 0) return;
  try {
    const python = await preparePython(print);
    const server = await startServer(flags.program);
    try {
      for (const [name, suite] of suites) {
        print(`# ${name}`);
        await tally.run(`${name}: ran to its end`, () => suite({ server, python, tally }));
      }
    } finally {
      await server.stop();
    }
  } catch (error) {
    tally.fail('interop can run', error);
  }
}

async function runServerSuites(tally) {
  for (const [name, suite] of chosen(SERVER_SUITES)) {
    print(`# ${name}`);
    await tally.run(`${name}: ran to its end`, () => suite({ program: flags.program, tally, print }));
  }
}
