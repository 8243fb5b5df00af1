import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { SegmentUtils } from '../segment-utils.ts';
import { openLog } from '../testing/log.ts';
import { readEc2 } from './ec2.ts';
import { readEcs } from './ecs.ts';
import { readEks } from './eks.ts';
import { readElasticBeanstalk } from './elastic-beanstalk.ts';
import { askMetadata, type MetadataCall } from './metadata-service.ts';
import { config, createPlugin } from './plugin.ts';

const identity = JSON.stringify({ instanceId: 'i-1', availabilityZone: 'az', instanceType: 't', imageId: 'ami' });
const ec2 = { ec2: { instance_id: 'i-1', availability_zone: 'az', instance_size: 't', ami_id: 'ami' } };
const absent = (): Promise<never> => Promise.reject(new Error('ENOENT'));

test('EC2 is asked with a token', async () => {
  const calls: MetadataCall[] = [];
  const ask = (call: MetadataCall): Promise<string> => {
    calls.push(call);
    return Promise.resolve(call.method === 'PUT' ? 'secret' : identity);
  };
  expect(await readEc2(ask)).toEqual(ec2);
  expect(calls[1]?.headers).toEqual({ 'X-aws-ec2-metadata-token': 'secret' });
});

test('EC2 without tokens is asked without one', async () => {
  const ask = ({ method }: MetadataCall): Promise<string> => (method === 'PUT' ? absent() : Promise.resolve(identity));
  expect(await readEc2(ask)).toEqual(ec2);
});

test('ECS: the host name, and more where the agent tells it', async () => {
  const ask = ({ host, path, port }: MetadataCall): Promise<string> =>
    Promise.resolve(JSON.stringify({ DockerId: `${host}:${port}${path}`, ContainerARN: 'arn' }));
  const container = hostname();
  expect(await readEcs('http://10.0.0.1:80/v4/x', ask)).toMatchObject({
    ecs: { container, container_id: '10.0.0.1:undefined/v4/x' },
  });
  expect(await readEcs('http://10.0.0.1/v4', absent)).toEqual({ ecs: { container } });
  expect(await readEcs(undefined, ask)).toEqual({ ecs: { container } });
});

test('EKS: the pod, and the container of its control group', async () => {
  const id = 'a'.repeat(64);
  const files = (groups: () => Promise<string>) => (path: string) =>
    path.includes('cgroup') ? groups() : Promise.resolve('');
  expect(await readEks(files(() => Promise.resolve(`1:x:/kubepods/${id}`)))).toEqual({
    eks: { pod: hostname(), container_id: id },
  });
  expect(await readEks(files(absent))).toEqual({ eks: { pod: hostname() } });
  await expect(readEks(absent)).rejects.toThrow('ENOENT');
});

test('Elastic Beanstalk: both names of the environment', async () => {
  const text = JSON.stringify({ environment_name: 'e', version_label: 'v', deployment_id: 5 });
  expect(await readElasticBeanstalk(() => Promise.resolve(text))).toEqual({
    elastic_beanstalk: { environment: 'e', environment_name: 'e', version_label: 'v', deployment_id: 5 },
  });
  await expect(readElasticBeanstalk(() => Promise.resolve('7'))).rejects.toThrow('holds no object');
});

test('plugins fill in what they learn, when they learn it; one that fails costs its own data', async () => {
  using log = openLog();
  let learn: (data: object) => void = () => {};
  config([
    { originName: 'AWS::EC2::Instance', getData: (callback) => void (learn = callback) },
    createPlugin('AWS::EKS::Container', absent),
    {
      originName: 'AWS::ECS::Container',
      getData: () => {
        throw new Error('no');
      },
    },
  ]);
  expect([SegmentUtils.origin, SegmentUtils.pluginData]).toEqual(['AWS::ECS::Container', undefined]);
  learn({ ec2: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  expect([SegmentUtils.pluginData, log.errors.length]).toEqual([{ ec2: 1 }, 2]);
});

test.each([
  ['a second time after a 5xx', [503, 200], 'ok'],
  ['once when it is refused', [404], 'status 404'],
])('the metadata service is asked %s', async (_, statuses, answer) => {
  const server = createServer((_request, response) => response.writeHead(statuses.shift() ?? 500).end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // The call itself keeps nothing alive: the server does.
  const got = await askMetadata({ host: '127.0.0.1', port, path: '/x' }).catch((error: Error) => error.message);
  expect(got).toContain(answer);
  expect(statuses).toEqual([]);
  server.closeAllConnections();
  server.close();
});
