import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { askMetadata, type MetadataCall } from './metadata-service.ts';
import { createPlugin } from './plugin.ts';

export interface EC2Metadata {
  ec2: {
    instance_id: string;
    availability_zone: string;
    instance_size: string;
    ami_id: string;
  };
}

type Ask = (call: MetadataCall) => Promise<string>;

const HOST = '169.254.169.254';
const TOKEN_SECONDS = '60';

/** The instance's identity: with a token (IMDSv2), or without where there are none. */
export async function readEc2(ask: Ask): Promise<EC2Metadata> {
  const headers = await readToken(ask);
  const found: unknown = JSON.parse(
    await ask({ host: HOST, path: '/latest/dynamic/instance-identity/document', headers }),
  );
  const text = (key: string): string => (isRecord(found) && typeof found[key] === 'string' ? found[key] : '');
  return {
    ec2: {
      instance_id: text('instanceId'),
      availability_zone: text('availabilityZone'),
      instance_size: text('instanceType'),
      ami_id: text('imageId'),
    },
  };
}

async function readToken(ask: Ask): Promise<Readonly<Record<string, string>>> {
  try {
    const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS };
    return { 'X-aws-ec2-metadata-token': await ask({ host: HOST, path: '/latest/api/token', method: 'PUT', headers }) };
  } catch {
    getLogger().debug('EC2Plugin failed to get token from IMDSv2. Falling back to IMDSv1.');
    return {};
  }
}

export const EC2Plugin: ReturnType<typeof createPlugin<EC2Metadata>> = createPlugin('AWS::EC2::Instance', () =>
  readEc2(askMetadata),
);
