import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { preparePython } from '../prepare-python.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { prepareNode } from '../sdks/prepare.mjs';
import { startServer } from '../server.mjs';

const FLEET_MS_MAX = 120_000;
const FOLDER = fileURLToPath(new URL('../sampling', import.meta.url));
const PYTHON_FOLDER = fileURLToPath(new URL('../python', import.meta.url));

/** Fleets of samplers that are not ours follow rules of ours for half a simulated hour each: what they sample, and who of them. */
export async function samplers({ program, tally, print }) {
  const packages = await prepareNode(print);
  const { python } = await preparePython(print);
  const node = (sdk) => (endpoint, clock) => [
    process.execPath,
    [`${FOLDER}/fleet.mjs`, sdk, endpoint, clock, packages],
  ];
  const fleets = {
    opentelemetry: node('opentelemetry'),
    'xray-node': node('xray-node'),
    python: (endpoint, clock) => [python, [`${FOLDER}/fleet.py`, endpoint, clock]],
  };
  const runs = Object.entries(fleets).map(([name, command]) =>
    tally.run(`${name}: its fleets ran to their end`, () => runFleets({ program, tally, name, command })),
  );
  await Promise.all(runs);
}

async function runFleets({ program, tally, name, command }) {
  // Time goes on for hours with each kind of client, so each has a server of its own.
  const server = await startServer(program, { NODE_OPTIONS: `--import ${FOLDER}/server-clock.mjs` });
  try {
    const [, clock] = /^clock listening on (\S+)$/m.exec(server.printed()) ?? [];
    await createRules(server.endpoint);
    const env = cleanEnv({ PYTHONUNBUFFERED: '1', PYTHONPATH: PYTHON_FOLDER });
    const { code, stderr } = await runCommand(...command(server.endpoint, clock), {
      env,
      msMax: FLEET_MS_MAX,
      onLine: (line) => tally.readLine(line),
    });
    if (code !== 0) throw new Error(`${name} ended with ${code}\n${stderr}`);
  } finally {
    await server.stop();
  }
}

async function createRules(endpoint) {
  const fleets = JSON.parse(await readFile(`${FOLDER}/fleets.json`, 'utf8'));
  for (const [index, { rate, reservoir }] of fleets.entries()) {
    const SamplingRule = {
      RuleName: `fleet-${index}`,
      ServiceName: `fleet-${index}`,
      ResourceARN: '*',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      Priority: 100,
      FixedRate: rate,
      ReservoirSize: reservoir,
      Version: 1,
    };
    const body = JSON.stringify({ SamplingRule });
    const { ok, status } = await fetch(`${endpoint}/CreateSamplingRule`, { method: 'POST', body });
    if (!ok) throw new Error(`rule ${index}: ${status}`);
  }
}
