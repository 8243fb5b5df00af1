import { prepareConnect, prepareGrpcJava, prepareGrpcPython, prepareNestJs } from './grpc/prepare-grpc.mjs';
import { prepareKafka } from './kafka/prepare-kafka.mjs';
import { preparePython } from './prepare-python.mjs';
import { prepareServers } from './sdk-servers/prepare.mjs';
import {
  prepareCollector,
  prepareGo,
  prepareHelm,
  prepareIstio,
  prepareJava,
  prepareNode,
  prepareNodeClients,
} from './sdks/prepare.mjs';

// What the suites build and install, ahead of them, one after another: CI does this while tests wait for other things. What
// fails here is tried again by the suite that needs it, and fails there.

const STEPS = [
  preparePython,
  prepareServers,
  prepareJava,
  prepareKafka,
  prepareGo,
  prepareHelm,
  prepareIstio,
  prepareCollector,
  prepareNode,
  prepareNodeClients,
  prepareGrpcJava,
  prepareGrpcPython,
  prepareConnect,
  prepareNestJs,
];

const print = (line) => process.stdout.write(`${line}\n`);
for (const prepare of STEPS) {
  try {
    await prepare(print);
  } catch (error) {
    print(`not prepared (${prepare.name}): ${error.message.split('\n', 1)[0]}`);
  }
}
