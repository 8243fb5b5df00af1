import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_BYTES_MAX } from '../limits.ts';

/** What Vite writes where a nonce belongs (`html.cspNonce`); each answer has its own in its place. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

export interface ConsoleFiles {
  readonly isBuilt: boolean;
  /** Answers a file of the build; false when there is none of this path. */
  readonly sendFile: (path: string, request: FastifyRequest, reply: FastifyReply) => boolean;
  /** The page of every client route. */
  readonly sendPage: (reply: FastifyReply) => void;
}

interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  readonly isHashed: boolean;
  readonly bodies: { readonly identity: Buffer; br?: Buffer; gzip?: Buffer };
  readonly isText: boolean;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.map', 'application/json; charset=utf-8'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.wasm', 'application/wasm'],
  ['.webmanifest', 'application/manifest+json'],
  ['.woff2', 'font/woff2'],
]);

/** Vite puts a hash of the content into the names under /assets/. */
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/;

/** A second copy of a small file saves nothing on the way. */
const COMPRESSED_BYTES_MIN = 1_024;

const NOT_BUILT = 'The console is not built. Run "npm run build" in the checkout, then start the server again.\n';

/** Reads the build once: afterwards no path of a request reaches the disk. */
export function loadConsoleFiles(folder: string | null): ConsoleFiles {
  const files = folder === null ? new Map<string, ConsoleFile>() : readFolder(folder);
  const page = files.get('/index.html')?.bodies.identity.toString('utf8') ?? null;

  return {
    isBuilt: page !== null,
    sendFile(path, request, reply) {
      const file = path === '/index.html' ? undefined : files.get(path);
      if (file === undefined) return false;
      sendFile(file, request, reply);
      return true;
    },
    sendPage(reply) {
      if (page === null) {
        void reply.status(404).type('text/plain; charset=utf-8').send(NOT_BUILT);
        return;
      }
      const nonce = randomBytes(16).toString('base64');
      void reply
        .header('content-security-policy', pagePolicy(nonce))
        // A kept page would carry a used nonce.
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(page.replaceAll(NONCE_PLACEHOLDER, nonce));
    },
  };
}

/** For the page: Mantine and CodeMirror add style elements, which the nonce lets in; nothing else inline runs. */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** For every other answer: data that a browser must never run or frame. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

function sendFile(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .header('etag', file.etag)
    .header('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === file.etag) {
    void reply.status(304).send();
    return;
  }
  const accepted = new Set((request.headers['accept-encoding'] ?? '').split(',').map((name) => name.trim()));
  const encoding = file.isText ? (['br', 'gzip'] as const).find((name) => accepted.has(name)) : undefined;
  const body = encoding === undefined ? file.bodies.identity : compressed(file, encoding);
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  void reply.type(file.type).send(body);
}

/** Compressed when first asked for, then kept: a start pays for nothing nobody wants. */
function compressed({ bodies }: ConsoleFile, encoding: 'br' | 'gzip'): Buffer {
  if (encoding === 'gzip') return (bodies.gzip ??= gzipSync(bodies.identity));
  return (bodies.br ??= brotliCompressSync(bodies.identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
}

function readFolder(folder: string): Map<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  let bytes = 0;
  for (const path of listFiles(folder)) {
    const content = readFileSync(join(folder, path));
    bytes += content.byteLength;
    if (bytes > CONSOLE_BYTES_MAX) break;
    const url = `/${path.split(sep).join('/')}`;
    const type = TYPES.get(extname(path)) ?? 'application/octet-stream';
    files.set(url, {
      type,
      etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      isHashed: HASHED.test(url),
      bodies: { identity: content },
      isText: content.byteLength >= COMPRESSED_BYTES_MIN && /^text|json|svg|wasm/.test(type),
    });
  }
  return files;
}

function listFiles(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    // Not built: said to whoever opens the page.
    return [];
  }
}
