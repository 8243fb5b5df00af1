/** What the level "restricted" allows. */
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * What keeps a pod from Kubernetes' pod security level "restricted"; host ports apart, which are told as such.
 * @param {object} spec of a pod
 * @returns {{ faults: string[], hostPorts: number[] }}
 */
export function judgePod(spec) {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const faults = [];
  const expect = (isMet, fault) => isMet || faults.push(fault);
  const pod = spec.securityContext ?? {};
  expect(pod.runAsNonRoot === true, 'runAsNonRoot');
  expect(pod.seccompProfile?.type === 'RuntimeDefault', 'seccompProfile');
  expect(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, 'host namespaces');
  expect(spec.automountServiceAccountToken === false, 'automountServiceAccountToken');
  for (const { name, securityContext = {}, resources } of containers) {
    const { runAsUser = pod.runAsUser, capabilities = {}, ...own } = securityContext;
    expect(runAsUser > 0, `${name}: runAsUser`);
    expect(own.runAsNonRoot !== false, `${name}: runAsNonRoot`);
    expect(own.privileged !== true, `${name}: privileged`);
    expect(own.allowPrivilegeEscalation === false, `${name}: allowPrivilegeEscalation`);
    expect(own.readOnlyRootFilesystem === true, `${name}: readOnlyRootFilesystem`);
    expect(capabilities.drop?.includes('ALL') && capabilities.add === undefined, `${name}: capabilities`);
    expect(resources?.requests?.memory !== undefined && resources.limits?.memory !== undefined, `${name}: resources`);
  }
  for (const { name, ...source } of spec.volumes ?? []) expect(VOLUMES.has(Object.keys(source)[0]), `volume ${name}`);
  const hostPorts = containers.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort ?? []));
  return { faults, hostPorts };
}

/**
 * What documents name that is not among them: ports, volumes, config maps, accounts, governing services.
 * @param {object[]} documents
 * @returns {string[]}
 */
export function findDangling(documents) {
  const names = (kind) => documents.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
  const faults = [];
  const expect = (isThere, fault) => isThere || faults.push(fault);
  for (const { kind, spec } of documents.filter(hasPods)) {
    const { spec: pod, metadata } = spec.template;
    expect(selects(spec.selector.matchLabels, metadata.labels), `${kind}: selector`);
    expect(names('ServiceAccount').includes(pod.serviceAccountName), `${kind}: account ${pod.serviceAccountName}`);
    if (kind === 'StatefulSet') expect(names('Service').includes(spec.serviceName), `service ${spec.serviceName}`);
    const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
    const volumes = new Set([...claims, ...(pod.volumes ?? []).map(({ name }) => name)]);
    for (const { configMap } of pod.volumes ?? []) {
      if (configMap !== undefined) expect(names('ConfigMap').includes(configMap.name), `config map ${configMap.name}`);
    }
    for (const { name, volumeMounts = [], ports = [], ...container } of [
      ...(pod.initContainers ?? []),
      ...pod.containers,
    ]) {
      for (const mount of volumeMounts) expect(volumes.has(mount.name), `${name}: volume ${mount.name}`);
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
        const port = (container[probe]?.httpGet ?? container[probe]?.tcpSocket)?.port;
        if (port !== undefined)
          expect(
            ports.some((one) => one.name === port),
            `${name}: ${probe}: port ${port}`,
          );
      }
    }
  }
  for (const { metadata, spec } of documents.filter(({ kind }) => kind === 'Service')) {
    const pods = documents.filter(hasPods).filter((one) => selects(spec.selector, one.spec.template.metadata.labels));
    const ports = pods
      .flatMap((one) => one.spec.template.spec.containers)
      .flatMap((container) => container.ports ?? []);
    expect(pods.length === 1, `service ${metadata.name}: selects ${pods.length} workloads`);
    for (const { targetPort, protocol } of spec.ports) {
      const isOpen = ports.some((port) => port.name === targetPort && port.protocol === protocol);
      expect(isOpen, `service ${metadata.name}: port ${targetPort}`);
    }
  }
  return faults;
}

export function hasPods({ kind }) {
  return ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind);
}

function selects(selector, labels) {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
