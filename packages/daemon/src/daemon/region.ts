import { openInstanceMetadata, type Ask } from '@fluoroscope/pipeline/xray';

export interface RegionOptions {
  /** Of the command line or the file. */
  readonly chosen: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly localMode: boolean;
  /** Good enough for the endpoint that was chosen; empty where X-Ray of the region is meant. */
  readonly ofEndpoint: string;
  /** Rejects when the file is not there. */
  readonly readText: (path: string) => Promise<string>;
  /** Of the shared files. */
  readonly readProfileRegion: () => Promise<string>;
  readonly ask: Ask;
}

/** Empty when there is none to be found. */
export async function findRegion(options: RegionOptions): Promise<string> {
  const { chosen, environment, localMode, ofEndpoint } = options;
  const near = chosen || environment['AWS_REGION'];
  if (near) return near;
  const found = localMode
    ? environment['AWS_DEFAULT_REGION'] || (await options.readProfileRegion())
    : await ofContainer(options);
  if (found !== '') return found;
  if (ofEndpoint !== '') return ofEndpoint;
  return localMode ? '' : ofInstance(options);
}

/** file = {"TaskARN": "arn:aws:ecs:REGION:…", …} */
async function ofContainer({ environment, readText }: RegionOptions): Promise<string> {
  if (environment['ECS_ENABLE_CONTAINER_METADATA']?.toLowerCase() !== 'true') return '';
  try {
    const file: unknown = JSON.parse(await readText(environment['ECS_CONTAINER_METADATA_FILE'] ?? ''));
    const arn: unknown = typeof file === 'object' && file !== null ? Reflect.get(file, 'TaskARN') : '';
    return String(arn).split(':')[3] ?? '';
  } catch {
    return '';
  }
}

async function ofInstance(options: RegionOptions): Promise<string> {
  try {
    const read = await openInstanceMetadata(options);
    return (await read?.('placement/region')) ?? '';
  } catch {
    return '';
  }
}
