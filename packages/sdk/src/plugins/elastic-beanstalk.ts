import { readTextFile } from '../files.ts';
import { isRecord } from '../objects.ts';
import { createPlugin } from './plugin.ts';

export interface ElasticBeanstalkMetadata {
  elastic_beanstalk: {
    environment: string;
    /** The name that X-Ray documents for `environment`; both are sent. */
    environment_name: string;
    version_label: string;
    deployment_id: number;
  };
}

const PATH = '/var/elasticbeanstalk/xray/environment.conf';

/** What Elastic Beanstalk leaves in a file. @throws Error when there is none */
export async function readElasticBeanstalk(
  readText: (path: string) => Promise<string>,
): Promise<ElasticBeanstalkMetadata> {
  const found: unknown = JSON.parse(await readText(PATH));
  if (!isRecord(found)) throw new Error(`${PATH} holds no object`);
  const text = (key: string): string => (typeof found[key] === 'string' ? found[key] : '');
  const name = text('environment_name');
  return {
    elastic_beanstalk: {
      environment: name,
      environment_name: name,
      version_label: text('version_label'),
      deployment_id: Number(found['deployment_id'] ?? 0),
    },
  };
}

export const ElasticBeanstalkPlugin: ReturnType<typeof createPlugin<ElasticBeanstalkMetadata>> = createPlugin(
  'AWS::ElasticBeanstalk::Environment',
  () => readElasticBeanstalk(readTextFile),
);
