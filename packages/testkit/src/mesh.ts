import { readCorpus } from './corpus.ts';

export type MeshFixture = 'istio-1.7-zipkin' | 'istio-current-zipkin' | 'istio-current-otlp';

export interface MeshOptions {
  /** When the requests begin; Unix seconds. As in the files when left out. */
  readonly startSeconds?: number;
  /** 64-bit trace ids, as Zipkin's tracers make them by default. */
  readonly isShort?: boolean;
}

/** In the files. */
export const MESH_START_SECONDS = 1_727_004_672;

/** JSON texts of `testdata/mesh/NAME.txt`: spans with zipkin, items of resourceSpans with otlp. */
export function readMesh(name: MeshFixture, options: MeshOptions = {}): readonly string[] {
  const { startSeconds = MESH_START_SECONDS, isShort = false } = options;
  const moved = (seconds: string): string => String(Number(seconds) - MESH_START_SECONDS + startSeconds);
  return readCorpus(`mesh/${name}`).map((line) =>
    line
      .replaceAll(
        /("(?:timestamp|startTimeUnixNano|endTimeUnixNano)":"?)(\d{10})/g,
        (_all, key, seconds) => key + moved(seconds),
      )
      .replaceAll(/("traceId":")[0-9a-f]{8}([0-9a-f]{24})/g, (_all, key, unique: string) =>
        isShort ? key + unique.slice(8) : key + startSeconds.toString(16) + unique,
      ),
  );
}

/** The id of the nth request, from 1, as the API writes it. */
export function meshTraceId(
  nth: number,
  { startSeconds = MESH_START_SECONDS, isShort = false }: MeshOptions = {},
): string {
  const unique = `b00c000${nth}a1b2c3d4e5f6078${nth}`;
  return isShort ? `1-00000000-00000000${unique.slice(8)}` : `1-${startSeconds.toString(16)}-${unique}`;
}
