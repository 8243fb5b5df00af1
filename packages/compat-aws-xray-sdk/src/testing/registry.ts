import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Packed {
  readonly manifest: { readonly name: string; readonly version: string };
  /** Where the tarball is. */
  readonly path: string;
}

export interface Registry {
  readonly url: string;
  close(): void;
}

/** A registry on loopback that has these packages and no others. */
export async function openRegistry(packages: readonly Packed[]): Promise<Registry> {
  const byName = new Map(packages.map((packed) => [packed.manifest.name, packed]));
  const server = createServer((request, response) => {
    const [, kind = '', name = ''] = /^\/(tarball\/)?(.+)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const packed = byName.get(name);
    if (packed === undefined) response.writeHead(404).end('{}');
    else if (kind !== '') response.end(readFileSync(packed.path));
    else response.end(JSON.stringify(packumentOf(packed, `http://${request.headers.host}`)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function packumentOf({ manifest, path }: Packed, base: string): object {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  const dist = { tarball: `${base}/tarball/${encodeURIComponent(manifest.name)}`, integrity };
  return {
    name: manifest.name,
    'dist-tags': { latest: manifest.version },
    versions: { [manifest.version]: { ...manifest, dist } },
  };
}
