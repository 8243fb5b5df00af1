import { hostname } from 'node:os';
import { readTextFile } from '../files.ts';
import { createPlugin } from './plugin.ts';

export interface EKSMetadata {
  eks: {
    pod: string;
    container_id?: string;
  };
}

type ReadText = (path: string) => Promise<string>;

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const CGROUP = '/proc/self/cgroup';
const CONTAINER_ID = /[0-9a-f]{64}/;

/** The pod is the host name; the container's id is in its control group. @throws Error outside of Kubernetes */
export async function readEks(readText: ReadText): Promise<EKSMetadata> {
  await readText(SERVICE_ACCOUNT_TOKEN);
  const groups = await readText(CGROUP).catch(() => '');
  const id = CONTAINER_ID.exec(groups)?.[0];
  return { eks: id === undefined ? { pod: hostname() } : { pod: hostname(), container_id: id } };
}

export const EKSPlugin: ReturnType<typeof createPlugin<EKSMetadata>> = createPlugin('AWS::EKS::Container', () =>
  readEks(readTextFile),
);
