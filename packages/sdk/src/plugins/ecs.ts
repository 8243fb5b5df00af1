import { hostname } from 'node:os';
import { isRecord } from '../objects.ts';
import { askMetadata, type MetadataCall } from './metadata-service.ts';
import { createPlugin } from './plugin.ts';

export interface ECSMetadata {
  ecs: {
    container: string;
    container_id?: string;
    container_arn?: string;
  };
}

/** The container's host name, and its id and ARN where the agent tells them (`ECS_CONTAINER_METADATA_URI_V4`). */
export async function readEcs(
  uri: string | undefined,
  ask: (call: MetadataCall) => Promise<string>,
): Promise<ECSMetadata> {
  const ecs: ECSMetadata['ecs'] = { container: hostname() };
  if (uri === undefined || !URL.canParse(uri)) return { ecs };
  const { hostname: host, port, pathname } = new URL(uri);
  try {
    const found: unknown = JSON.parse(
      await ask({ host, path: pathname, ...(port === '' ? {} : { port: Number(port) }) }),
    );
    if (isRecord(found) && typeof found['DockerId'] === 'string') ecs.container_id = found['DockerId'];
    if (isRecord(found) && typeof found['ContainerARN'] === 'string') ecs.container_arn = found['ContainerARN'];
  } catch {
    // The host name alone names the container.
  }
  return { ecs };
}

export const ECSPlugin: ReturnType<typeof createPlugin<ECSMetadata>> = createPlugin('AWS::ECS::Container', () =>
  readEcs(process.env['ECS_CONTAINER_METADATA_URI_V4'], askMetadata),
);
