import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { findHomeFolder, openInstanceMetadata, readProfile, type Ask } from '@fluoroscope/pipeline/xray';
import { DaemonError } from './daemon-error.ts';
import { regionInName } from './endpoint.ts';
import type { HttpClient } from './http-client.ts';
import { METADATA_TIMEOUT_MS } from './limits.ts';
import { findRegion } from './region.ts';
import type { DaemonSettings } from './settings.ts';
import type { Reporter } from './telemetry.ts';

/** Signed with where it means nothing. */
const ANY_REGION = 'us-east-1';

/** What the machine and its services tell about where the daemon runs. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ask: Ask;
}

/** `local`: without a proxy, for what is of this machine. */
export function askThrough(client: HttpClient, local: HttpClient): Ask {
  return async ({ url, ...rest }) => {
    const target = new URL(url);
    // Of AWS's services only STS is beyond this machine.
    const through = target.hostname.startsWith('sts.') ? client : local;
    const { status, body } = await through.call({ ...rest, url: target, timeoutMs: METADATA_TIMEOUT_MS });
    return { status, body: body.toString() };
  };
}

/** Rejects with a `DaemonError` when there is none. */
export async function chooseRegion(settings: DaemonSettings, { environment, ask }: Surroundings): Promise<string> {
  const region = await findRegion({
    chosen: settings.region,
    environment,
    localMode: settings.localMode,
    ofEndpoint: settings.endpoint === null ? '' : (regionInName(settings.endpoint) ?? ANY_REGION),
    readText,
    readProfileRegion: () => readProfileRegion(environment, settings.profile),
    ask,
  });
  if (/^[a-z0-9-]+$/.test(region)) return region;
  if (region !== '') throw new DaemonError(`--region is "${region}"; expected a region such as eu-west-1`);
  throw new DaemonError(
    'Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. Use local-mode to use the local config region.',
  );
}

async function readProfileRegion(environment: Surroundings['environment'], chosen: string | null): Promise<string> {
  const profile = chosen ?? (environment['AWS_PROFILE'] || 'default');
  const path = environment['AWS_CONFIG_FILE'] || join(findHomeFolder(), '.aws', 'config');
  const text = await readText(path).catch(() => '');
  return readProfile(text, profile === 'default' ? profile : `profile ${profile}`).get('region') ?? '';
}

export async function findReporter(
  { resourceArn, localMode }: Pick<DaemonSettings, 'resourceArn' | 'localMode'>,
  { environment, ask }: Surroundings,
): Promise<Reporter> {
  const given = { instanceId: environment['AWS_INSTANCE_ID'] ?? '', hostname: environment['AWS_HOSTNAME'] ?? '' };
  if (localMode || (given.instanceId !== '' && given.hostname !== '')) return { ...given, resourceArn };
  const read = await openInstanceMetadata({ environment, ask });
  const metadata = async (path: string): Promise<string> => (await read?.(path).catch(() => null)) ?? '';
  return {
    instanceId: given.instanceId || (await metadata('instance-id')),
    hostname: given.hostname || (await metadata('hostname')),
    resourceArn,
  };
}

/** What to bind for every address: `::` takes IPv4 too. Where the machine has no IPv6 it cannot be bound. */
export function bindHost(host: string): string {
  if (host !== '') return host;
  const hasIpv6 = Object.values(networkInterfaces()).some((of) => of?.some(({ family }) => family === 'IPv6'));
  return hasIpv6 ? '::' : '0.0.0.0';
}

export function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}
