import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHelm, DEPLOY, KUBERNETES, MANIFESTS, valuesFile } from '../charts/helm.mjs';
import { findDangling, hasPods, judgePod } from '../charts/pods.mjs';
import { readManifests } from '../charts/read-manifests.mjs';
import { runContainer, runPrepare, writeSecrets } from '../charts/run-rendered.mjs';
import { parseDockerfile } from '../image/dockerfile.mjs';
import { preparePython } from '../prepare-python.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { prepareHelm, prepareIstio } from '../sdks/prepare.mjs';

/** Name: arguments to `helm template`. */
const CASES = {
  default: [],
  everything: valuesFile('everything'),
  'clickhouse-kafka': valuesFile('clickhouse-kafka'),
  'daemon-only': valuesFile('daemon-only'),
  'dual-stack': valuesFile('dual-stack'),
  'no-volume': ['--set', 'server.persistence.enabled=false,daemon.enabled=true,collector.enabled=true'],
};

/** Values, and what the chart answers instead of rendering. */
const REFUSED = [
  ['server.replicas=2', /server\.replicas: more than one/],
  ['server.ingestAllow=null', /server\.ingestAllow: datagrams carry no key/],
  ['server.ingestAllow=null,server.receivers.udp=false', /server\.accessKeys\.secretName/],
  ['server.ingestAlow={10.0.0.0/8}', /ingestAlow/],
  ['server.settings.http-listen=off', /http-listen/],
  ['daemon.serviceAccount.roleArn=xray', /roleArn/],
  ['daemon.spool.sizeMb=8', /sizeMb/],
  ['listenAddress=::', /listenAddress/],
  ['ingress.enabled=true', /ingress\.hosts: name at least one/],
  ['ingress.enabled=true,server.enabled=false', /ingress\.enabled: there is no server/],
  [
    'collector.enabled=true,collector.autoscaling.enabled=true,collector.autoscaling.maxReplicas=1',
    /maxReplicas: less/,
  ],
  ['collector.enabled=true,collector.autoscaling.enabled=true,collector.autoscaling.cpuPercent=0', /nothing says when/],
];

/** The server drains for 5 s and closes its stores for up to 30, the collector sends on for 10, the daemon drains for 4.5 and tells its counts. */
const STOPS_WITHIN_SECONDS = { StatefulSet: 40, Deployment: 15, DaemonSet: 10 };

const READY = /^ready in/m;
const DAEMON_READY = /Starting proxy http server on/;

/** The Helm chart, the manifests made of it and the samples for Istio: with Helm, Kubernetes' and Istio's own schemas, and our program. */
export async function charts({ program, tally, print }) {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-charts-'));
  try {
    const { python } = await preparePython(print);
    const helm = createHelm(await prepareHelm(print));
    const files = await checkRendering({ tally, helm, folder });
    const read = await readManifests(python, KUBERNETES, Object.values(files));
    for (const [name, file] of Object.entries(files)) await checkDocuments({ tally, name, found: read[file], program });
    await checkManifests({ tally, helm });
    const documents = (name) => read[files[name]].map(({ document }) => document);
    await checkReach({ tally, documents: documents('everything') });
    await checkPrograms({ tally, program, folder, documents });
    await checkIstio({ tally, python, istio: await prepareIstio(print) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkRendering({ tally, helm, folder }) {
  const files = {};
  for (const [name, args] of Object.entries(CASES)) {
    await tally.check(`${name}: lint`, () => helm.lint(args));
    await tally.check(`${name}: renders`, async () => {
      files[name] = join(folder, `${name}.yaml`);
      await writeFile(files[name], await helm.template(args));
    });
  }
  for (const [set, answer] of REFUSED) {
    await tally.check(`refused: ${set}`, () => assert.rejects(helm.template(['--set', set]), answer));
  }
  return files;
}

async function checkDocuments({ tally, name, found, program }) {
  const documents = found.map(({ document }) => document);
  await tally.check(`${name}: Kubernetes ${KUBERNETES.join(' and ')} knows every field`, () => {
    assert.ok(documents.length > 0);
    assert.deepEqual(
      found.flatMap(({ faults }) => faults),
      [],
    );
  });
  await tally.check(`${name}: names are unique, and what they name is there`, () => {
    const names = documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.equal(new Set(names).size, names.length, names.join('\n'));
    assert.deepEqual(findDangling(documents), []);
  });
  await tally.check(`${name}: restricted pods; host ports with the daemon only`, async () => {
    const user = await imageUser();
    for (const { kind, spec } of documents.filter(hasPods)) {
      const { faults, hostPorts } = judgePod(spec.template.spec);
      assert.deepEqual(faults, [], kind);
      assert.deepEqual([...new Set(hostPorts)], kind === 'DaemonSet' && name !== 'everything' ? [2000] : []);
      assert.equal(spec.template.spec.securityContext.runAsUser, user);
    }
    for (const { spec } of documents.filter(({ kind }) => kind === 'Pod')) {
      assert.deepEqual(judgePod(spec), { faults: [], hostPorts: [] });
    }
  });
  await tally.check(`${name}: what is under way at a stop has time to end`, () => {
    for (const { kind, spec } of documents.filter(hasPods)) {
      const { terminationGracePeriodSeconds: given = 30, containers } = spec.template.spec;
      const [, waitMs = 0] =
        /setTimeout\(\(\) => {}, (\d+)\)/.exec(JSON.stringify(containers[0].lifecycle ?? '')) ?? [];
      assert.ok(given >= STOPS_WITHIN_SECONDS[kind] + waitMs / 1_000, `${kind}: ${given} s`);
    }
  });
  await tally.check(`${name}: only settings that the server has`, async () => {
    const known = await serverFlags(program);
    const used = documents.flatMap(settingsOf);
    assert.deepEqual(
      used.filter((one) => !known.includes(one)),
      [],
    );
    assert.equal(
      used.length > 0,
      documents.some(({ kind }) => kind === 'StatefulSet'),
    );
  });
}

async function imageUser() {
  const stages = parseDockerfile(await readFile(join(DEPLOY, 'docker/Dockerfile'), 'utf8'));
  const users = stages.flatMap(({ steps }) => steps.filter(({ keyword }) => keyword === 'USER'));
  return Number(users.at(-1).rest.split(':')[0]);
}

async function serverFlags(program) {
  const { stdout } = await runCommand(process.execPath, [program, 'serve', '--help']);
  return [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag);
}

/** Names in fluoroscope.yaml, flags and variables of the server. */
function settingsOf({ kind, data, spec }) {
  if (kind === 'ConfigMap')
    return [...(data['fluoroscope.yaml'] ?? '').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name);
  if (kind !== 'StatefulSet') return [];
  const [{ args, env = [] }] = spec.template.spec.containers;
  const variables = env.map(({ name }) => name).filter((name) => name.startsWith('FLUOROSCOPE_'));
  return [
    ...args.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []),
    ...variables.map((name) => name.slice('FLUOROSCOPE_'.length).toLowerCase().replaceAll('_', '-')),
  ];
}

async function checkManifests({ tally, helm }) {
  const committed = await readdir(join(DEPLOY, 'kubernetes'));
  await tally.check('deploy/kubernetes is the chart, rendered', async () => {
    assert.deepEqual(committed.filter((name) => name.endsWith('.yaml')).toSorted(), Object.keys(MANIFESTS).toSorted());
    for (const [file, args] of Object.entries(MANIFESTS)) {
      const text = await readFile(join(DEPLOY, 'kubernetes', file), 'utf8');
      const isSame = text === (await helm.template(args));
      assert.ok(isSame, `${file} is another: node interop/charts/write-manifests.mjs`);
    }
  });
}

/** What leads to pods, and what counts them. */
async function checkReach({ tally, documents }) {
  const one = (kind) => documents.filter((document) => document.kind === kind);
  await tally.check('everything: the Ingress leads to the server, which answers to its hosts', () => {
    const [{ spec }] = one('Ingress');
    const [{ http }] = spec.rules;
    const { name, port } = http.paths[0].backend.service;
    const service = one('Service').find(({ metadata }) => metadata.name === name);
    assert.ok(service.spec.ports.some((open) => open.name === port.name && open.protocol === 'TCP'));
    const settings = one('ConfigMap').find(({ data }) => 'fluoroscope.yaml' in data).data['fluoroscope.yaml'];
    const hosts = /^allowed-hosts: (.*)$/m.exec(settings)[1].split(',');
    assert.deepEqual(
      spec.rules.filter(({ host }) => !hosts.includes(host)),
      [],
    );
    assert.equal(new Set(hosts).size, hosts.length);
  });
  await tally.check('everything: the autoscaler alone counts the collectors, and evictions leave most of them', () => {
    const [{ spec }] = one('HorizontalPodAutoscaler');
    const [deployment] = one('Deployment');
    assert.deepEqual([spec.scaleTargetRef.name, deployment.spec.replicas], [deployment.metadata.name, undefined]);
    const budgets = one('PodDisruptionBudget').map(({ metadata }) => metadata.name);
    assert.ok(budgets.includes(deployment.metadata.name), budgets.join(' '));
    const { requests } = deployment.spec.template.spec.containers[0].resources;
    for (const { resource } of spec.metrics) assert.ok(requests[resource.name] !== undefined, resource.name);
    assert.equal(spec.metrics.length, 2);
  });
}

async function checkPrograms({ tally, program, folder, documents }) {
  const part = (name, kind) => documents(name).find((one) => one.kind === kind)?.spec.template.spec;
  const data = (name, key) => documents(name).find((one) => one.data?.[key] !== undefined)?.data[key];
  const run = async (name, kind, files, more) => {
    const [container] = part(name, kind).containers;
    await runContainer({ program, container, files, folder: await mkdtemp(join(folder, 'pod-')), ...more });
  };
  const serverFiles = (name) => ({ 'etc/fluoroscope/fluoroscope.yaml': data(name, 'fluoroscope.yaml') });

  await tally.check('default: the server starts with it, and is healthy where the probes ask', () =>
    run('default', 'StatefulSet', serverFiles('default'), {
      ready: READY,
      ask: async (printed) => {
        await askProbes(printed, part('default', 'StatefulSet').containers[0]);
        await askAsHelmTest(
          printed,
          documents('default').find(({ kind }) => kind === 'Pod'),
        );
      },
    }),
  );
  await tally.check('everything: the server takes the Secrets as Kubernetes mounts them', async () => {
    const own = await mkdtemp(join(folder, 'pod-'));
    await writeSecrets({ program, folder: own });
    const { initContainers, containers } = part('everything', 'StatefulSet');
    const files = serverFiles('everything');
    // Twice: a volume that was mounted before has its files' modes opened to the group.
    for (let start = 0; start < 2; start += 1) {
      await runPrepare({ container: initContainers[0], folder: own });
      await runContainer({ program, container: containers[0], files, folder: own, ready: READY });
      await chmod(join(own, 'data/fluoroscope/access-keys.json'), 0o660);
    }
  });
  const configured = Object.keys(CASES).filter((name) => data(name, 'collector.yaml') !== undefined);
  for (const name of configured) {
    await tally.check(`${name}: the collector can use its configuration`, async () => {
      const file = join(folder, `${name}-collector.yaml`);
      await writeFile(file, data(name, 'collector.yaml'));
      const env = cleanEnv({ FLUOROSCOPE_KEY: 'id:secret' });
      const { code, stderr } = await runCommand(
        process.execPath,
        [program, 'collector', '--validate', '--config', file],
        { env },
      );
      assert.equal(code, 0, stderr);
    });
  }
  const daemonFiles = (name) => {
    const config = data(name, 'cfg.yaml');
    return config === undefined ? {} : { 'etc/amazon/xray/cfg.yaml': config };
  };
  for (const name of ['daemon-only', 'no-volume']) {
    await tally.check(`${name}: the daemon starts with it`, () =>
      run(name, 'DaemonSet', daemonFiles(name), { ready: DAEMON_READY }),
    );
  }
  // At its log level it does not say that it is ready; that the Secret with the tee's profile is missing, it does.
  await tally.check('everything: the daemon takes its flags and file', () =>
    run('everything', 'DaemonSet', daemonFiles('everything'), { ready: /no keys for the profile aws/ }),
  );
}

async function askProbes(printed, container) {
  const [, address] = /^http listening on (\S+)$/m.exec(printed) ?? [];
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const { status } = await fetch(`http://${address}${container[probe].httpGet.path}`);
    assert.equal(status, 200, probe);
  }
}

/** What `helm test` runs, at the server's own address; and at one where nobody is. */
async function askAsHelmTest(printed, { spec }) {
  const [, address] = /^http listening on (\S+)$/m.exec(printed) ?? [];
  const [{ args }] = spec.containers;
  const [script, asked] = args;
  const at = (host) => runCommand(process.execPath, ['-e', script, asked.replace(/(?<=\/\/)[^/]+/, host)]);
  const { code, stderr } = await at(address);
  assert.deepEqual([args.length, code], [2, 0], stderr);
  assert.equal((await at('127.0.0.1:1')).code, 1);
}

async function checkIstio({ tally, python, istio }) {
  const folder = join(DEPLOY, 'istio');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
  const read = await readManifests(python, [], files);
  const documents = Object.values(read).flatMap((found) => found.map(({ document }) => document));
  await tally.check('Istio knows every field of the samples for it', async () => {
    const own = documents.filter(({ kind }) => ['IstioOperator', 'Telemetry'].includes(kind));
    const text = own.map((document) => JSON.stringify(document)).join('\n');
    const { code, stdout, stderr } = await runCommand('sh', ['-c', 'printf %s "$1" | "$0"', istio, text]);
    assert.deepEqual([code, stdout.trim()], [0, String(own.length)], stderr);
    assert.equal(own.length, 3);
  });
  await tally.check('the mesh sends to providers and ports that there are', () => {
    const providers = documents.flatMap(({ spec }) => spec.meshConfig?.extensionProviders ?? []);
    const asked = documents.flatMap(({ spec }) => spec.tracing ?? []).flatMap((tracing) => tracing.providers);
    for (const { name } of asked)
      assert.ok(
        providers.some((provider) => provider.name === name),
        name,
      );
    assert.deepEqual(
      providers.map(({ opentelemetry, zipkin }) => (opentelemetry ?? zipkin).port),
      [4317, 9411],
    );
  });
  await tally.check("the sidecar's pod is restricted, and Kubernetes knows its fields", async () => {
    const file = join(folder, 'sidecar.yaml');
    const found = (await readManifests(python, KUBERNETES, [file]))[file];
    assert.deepEqual(
      found.flatMap(({ faults }) => faults),
      [],
    );
    const containers = found[0].document.spec.template.spec.containers.filter(({ name }) => name === 'daemon');
    assert.deepEqual(judgePod({ ...found[0].document.spec.template.spec, containers }).faults, []);
  });
}
