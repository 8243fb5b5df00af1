import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, startProgram } from '../run-command.mjs';

const READY_MS_MAX = 60_000;
/** Known to the broker's other listener, by every mechanism that we have. */
export const USER = { username: 'fluoroscope', password: 'a secret of nobody' };

/** Every version of the broker says so in a line of its log, and in nothing else. */
const STARTED = /Kafka Server started/;
const CLUSTER_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
const MEMORY = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * One broker that is its own controller (KRaft), on free ports, in a folder of its own. Started again, it has its
 * data and its ports as before.
 * @param {string} classPath
 */
export async function startBroker(classPath) {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-kafka-'));
  const [port, secretPort, controllerPort] = await freePorts(3);
  const address = `127.0.0.1:${port}`;
  const secretAddress = `127.0.0.1:${secretPort}`;
  const properties = join(folder, 'server.properties');
  await writeFile(
    properties,
    printProperties({ folder, address, secretAddress, controller: `127.0.0.1:${controllerPort}` }),
  );
  const java = (program, ...args) => runCommand('java', [...MEMORY, QUIET, '-cp', classPath, program, ...args]);
  await mustRun(java('kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...scramUsers()));

  const start = () =>
    startProgram('java', [...MEMORY, '-cp', classPath, 'kafka.Kafka', properties], {
      ready: STARTED,
      cwd: folder,
      readyMsMax: READY_MS_MAX,
      stopMsMax: 15_000,
    });
  let running = await start();
  return {
    address,
    /** Lets in only USER. */
    secretAddress,
    async createTopic(name, partitionCount) {
      const what = ['--create', '--topic', name, '--partitions', String(partitionCount)];
      await mustRun(java('org.apache.kafka.tools.TopicCommand', '--bootstrap-server', address, ...what));
    },
    /** What Kafka's own tool says of a consumer group. */
    async describeGroup(group) {
      const tool = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
      const { stdout } = await mustRun(java(tool, '--bootstrap-server', address, '--describe', '--group', group));
      return stdout;
    },
    /** So many records of a topic, as Kafka's own consumer prints them. */
    async consume(topic, count) {
      const tool = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
      const what = ['--topic', topic, '--from-beginning', '--max-messages', String(count), '--timeout-ms', '15000'];
      const shown = ['print.partition', 'print.key'].flatMap((name) => ['--property', `${name}=true`]);
      const { stdout } = await mustRun(java(tool, '--bootstrap-server', address, ...what, ...shown));
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => {
          const [partition, key, value] = line.split('\t');
          return { partition, key, value };
        });
    },
    kill: () => running.kill(),
    async startAgain() {
      running = await start();
    },
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function scramUsers() {
  const user = `[name=${USER.username},password=${USER.password}]`;
  return ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => ['--add-scram', `${mechanism}=${user}`]);
}

function printProperties({ folder, address, secretAddress, controller }) {
  const security = 'org.apache.kafka.common.security';
  const plain = `${security}.plain.PlainLoginModule required user_${USER.username}="${USER.password}"`;
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${controller}
listeners=PLAINTEXT://${address},SECRET://${secretAddress},CONTROLLER://${controller}
advertised.listeners=PLAINTEXT://${address},SECRET://${secretAddress}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECRET:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(folder, 'data')}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
listener.name.secret.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secret.plain.sasl.jaas.config=${plain};
listener.name.secret.scram-sha-256.sasl.jaas.config=${security}.scram.ScramLoginModule required;
listener.name.secret.scram-sha-512.sasl.jaas.config=${security}.scram.ScramLoginModule required;
`;
}

async function mustRun(command) {
  const result = await command;
  if (result.code !== 0) throw new Error(`${result.stdout}${result.stderr}`);
  return result;
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
