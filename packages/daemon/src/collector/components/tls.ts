import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ClientTls, ServerTls } from '@fluoroscope/pipeline';
import { z } from 'zod';
import { text } from '../config/kinds.ts';

// Names as the OpenTelemetry Collector has them. Files are read when something is opened, and at each reload.

export interface ServerTlsFiles {
  readonly cert_file: string;
  readonly key_file: string;
  readonly client_ca_file?: string | undefined;
}

/** Of a listener. */
export const serverTls: z.ZodType<ServerTlsFiles | undefined> = z
  .strictObject(
    { cert_file: text, key_file: text, client_ca_file: text.optional() },
    { error: 'expected cert_file and key_file' },
  )
  .optional();

const flag = z.boolean({ error: 'expected true or false' });

const CLIENT = {
  ca_file: text.optional(),
  cert_file: text.optional(),
  key_file: text.optional(),
  insecure_skip_verify: flag.default(false),
  server_name_override: text.optional(),
};

export interface ClientTlsFiles {
  readonly ca_file?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly key_file?: string | undefined;
  readonly insecure_skip_verify: boolean;
  readonly server_name_override?: string | undefined;
  /** Plain; of protocols whose address does not say it. */
  readonly insecure: boolean;
}

const inPairs = <T extends { readonly cert_file?: string | undefined; readonly key_file?: string | undefined }>(
  schema: z.ZodType<T>,
): z.ZodType<T> =>
  schema.refine(({ cert_file: cert, key_file: key }) => (cert === undefined) === (key === undefined), {
    path: ['key_file'],
    message: 'expected cert_file and key_file, or neither',
  });

/** Plain without it. */
export const optionalTls: z.ZodType<ClientTlsFiles | undefined> = inPairs(
  z.strictObject(CLIENT).transform((files) => ({ ...files, insecure: false })),
).optional();

/** Of an exporter that sends to a URL. */
export const urlTls: z.ZodType<ClientTlsFiles> = inPairs(
  z.strictObject(CLIENT).transform((files) => ({ ...files, insecure: false })),
).prefault({});

/** Of an exporter that sends to host:port. */
export const clientTls: z.ZodType<ClientTlsFiles> = inPairs(
  z.strictObject({ ...CLIENT, insecure: flag.default(false) }),
).prefault({});

/** Rejects with an error that names the key and the file. */
export async function readServerTls(files: ServerTlsFiles): Promise<ServerTls> {
  const tls = {
    cert: await read('cert_file', files.cert_file),
    key: await read('key_file', files.key_file),
    clientCa: await readOptional('client_ca_file', files.client_ca_file),
  };
  check(files, tls.clientCa === null ? tls : { ...tls, ca: tls.clientCa });
  return tls;
}

/** Rejects likewise. */
export async function readClientTls(files: ClientTlsFiles): Promise<ClientTls> {
  const tls = {
    ca: await readOptional('ca_file', files.ca_file),
    cert: await readOptional('cert_file', files.cert_file),
    key: await readOptional('key_file', files.key_file),
    isVerified: !files.insecure_skip_verify,
    serverName: files.server_name_override ?? null,
  };
  check(files, {
    ...(tls.ca && { ca: tls.ca }),
    ...(tls.cert && { cert: tls.cert }),
    ...(tls.key && { key: tls.key }),
  });
  return tls;
}

async function read(key: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`tls.${key}: ${path} cannot be read`, { cause });
  }
}

async function readOptional(key: string, path: string | undefined): Promise<Buffer | null> {
  return path === undefined ? null : read(key, path);
}

/** Before a port or a connection is changed: later nobody would be told. */
function check(
  files: { readonly cert_file?: string | undefined; readonly ca_file?: string | undefined },
  pem: { readonly cert?: Buffer; readonly key?: Buffer; readonly ca?: Buffer },
): void {
  try {
    createSecureContext({ cert: pem.cert, key: pem.key, ca: pem.ca });
  } catch (cause) {
    const file = files.cert_file ?? files.ca_file ?? '';
    const why = cause instanceof Error ? cause.message : '';
    throw new Error(`tls: ${file} and its key or authority cannot be used: ${why}`, { cause });
  }
}
