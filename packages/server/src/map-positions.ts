import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { POSITIONS_MAX, type Position, type Positions, type PutPositions, type Service } from '@fluoroscope/api';
import { printServiceKey } from '@fluoroscope/model';
import { placeNodes } from '@fluoroscope/query';
import { z } from 'zod';
import type { Events } from './events.ts';
import { POSITION_KEY_CHARS_MAX } from './limits.ts';

/**
 * Where the nodes of the map stand. A node is placed when it is first seen and then stays, through restarts
 * and for every browser, until somebody moves it. At most POSITIONS_MAX are kept; the ones not seen for the
 * longest go first.
 */
export interface MapPositions {
  /** A position for each of these services. */
  readonly place: (services: readonly Service<unknown>[]) => Positions;
  /** All that are kept afterwards; resolves when they are on disk. */
  readonly put: (change: PutPositions) => Promise<Positions>;
  /** Resolves when what was placed is on disk, or could not be put there. */
  readonly flush: () => Promise<void>;
}

export interface MapPositionsOptions {
  readonly dataDir: string;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly positionsMax?: number;
}

const FILE = 'map-positions.json';

const coordinate = z.number().min(-1e6).max(1e6);
const positions: z.ZodType<Positions> = z.record(
  z.string().min(1).max(POSITION_KEY_CHARS_MAX),
  z.object({ x: coordinate, y: coordinate }),
);

/** The file: version, and positions in the order in which they were last seen. */
const keptFile = z.object({ version: z.literal(1), positions });

export const putPositionsInput: z.ZodType<PutPositions> = z
  .object({ positions, replace: z.boolean().default(false) })
  .refine((input) => Object.keys(input.positions).length <= POSITIONS_MAX, `at most ${POSITIONS_MAX} positions`);

export async function openMapPositions(options: MapPositionsOptions): Promise<MapPositions> {
  const { dataDir, events, positionsMax = POSITIONS_MAX } = options;
  const path = join(dataDir, FILE);
  const kept = await readKept(path, events);
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  function keep(key: string, position: Position): void {
    kept.delete(key);
    kept.set(key, position);
  }

  function trim(): void {
    for (const key of kept.keys()) {
      if (kept.size <= positionsMax) break;
      kept.delete(key);
    }
  }

  // One write at a time; changes made while one waits share it.
  function save(): Promise<void> {
    next ??= (async () => {
      await Promise.allSettled([current]);
      current = next ?? Promise.resolve();
      next = null;
      await writeWhole(dataDir, path, printKept(kept));
    })();
    return next;
  }

  async function saveOrTell(): Promise<void> {
    try {
      await save();
    } catch (error) {
      events.troubleMet('map positions could not be written', error);
    }
  }

  return {
    place(services) {
      const keys = services.map(keyOf);
      const hasNew = keys.some((key) => !kept.has(key));
      const placed = new Map(hasNew ? Object.entries(placeNodes(Object.fromEntries(kept), services)) : []);
      const answer = new Map<string, Position>();
      for (const key of keys) {
        const position = kept.get(key) ?? placed.get(key);
        if (position === undefined) continue;
        answer.set(key, position);
        keep(key, position);
      }
      trim();
      if (hasNew) void saveOrTell();
      return Object.fromEntries(answer);
    },
    async put({ positions: changed, replace = false }) {
      if (replace) kept.clear();
      for (const [key, position] of Object.entries(changed)) keep(key, position);
      trim();
      await save();
      return Object.fromEntries(kept);
    },
    async flush() {
      await Promise.allSettled([current, next]);
    },
  };
}

function printKept(kept: ReadonlyMap<string, Position>): string {
  return `${JSON.stringify({ version: 1, positions: Object.fromEntries(kept) })}\n`;
}

function keyOf({ Name = '', Type, AccountId }: Service<unknown>): string {
  return printServiceKey({ name: Name, type: Type ?? null, accountId: AccountId ?? null });
}

async function readKept(path: string, events: MapPositionsOptions['events']): Promise<Map<string, Position>> {
  try {
    const text = await readFile(path, 'utf8');
    return new Map(Object.entries(keptFile.parse(JSON.parse(text)).positions));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) events.troubleMet('kept map positions could not be read; nodes are placed anew', error);
    return new Map();
  }
}

/** All of it or, after a crash, the old one. */
async function writeWhole(folder: string, path: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
