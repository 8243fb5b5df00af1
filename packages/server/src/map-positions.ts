import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BOX_KINDS,
  type BoxKind,
  type LaidOut,
  POSITIONS_MAX,
  type Position,
  type Positions,
  type PutPositions,
} from '@fluoroscope/api';
import { z } from 'zod';
import type { Events } from './events.ts';
import { POSITION_KEY_CHARS_MAX } from './limits.ts';
import { type BareGraph, keyOf, type MapLayout } from './map-layout/map-layout.ts';

/** Each has positions of its own: the plain map, and the map with boxes of a kind. */
export type MapView = BoxKind | 'plain';

/**
 * Where the nodes of the map stand. A node is placed when it is first seen and then stays, through restarts
 * and for every browser, until somebody moves it. At most POSITIONS_MAX are kept; the ones not seen for the
 * longest go first.
 */
export interface MapPositions {
  /** A position for each of these services. */
  readonly place: (services: BareGraph, view: MapView) => Promise<Positions>;
  /** Places these services anew and forgets the others; resolves when that is on disk. */
  readonly layOut: (services: BareGraph, view: MapView) => Promise<LaidOut>;
  /** All that are kept afterwards; resolves when they are on disk. */
  readonly put: (change: PutPositions) => Promise<Positions>;
  /** Resolves when what was placed is on disk, or could not be put there. */
  readonly flush: () => Promise<void>;
}

export interface MapPositionsOptions {
  readonly dataDir: string;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly layout: MapLayout;
  readonly positionsMax?: number;
}

const FILE = 'map-positions.json';

const coordinate = z.number().min(-1e6).max(1e6);
const positions: z.ZodType<Positions> = z.record(
  z.string().min(1).max(POSITION_KEY_CHARS_MAX),
  z.object({ x: coordinate, y: coordinate }),
);

/** The file: version, and positions in the order in which they were last seen, of the plain map and of each kind of boxes. */
const keptFile = z.object({
  version: z.literal(1),
  positions,
  boxes: z.partialRecord(z.enum(BOX_KINDS), positions).default({}),
});

export const putPositionsInput: z.ZodType<PutPositions> = z
  .object({ positions, replace: z.boolean().default(false), by: z.enum(BOX_KINDS).optional() })
  .refine((input) => Object.keys(input.positions).length <= POSITIONS_MAX, `at most ${POSITIONS_MAX} positions`);

type Kept = Map<MapView, Map<string, Position>>;

export async function openMapPositions(options: MapPositionsOptions): Promise<MapPositions> {
  const { dataDir, events, layout, positionsMax = POSITIONS_MAX } = options;
  const path = join(dataDir, FILE);
  const kept = await readKept(path, events);
  const save = createSaver(dataDir, path, () => printKept(kept));
  // Nodes that two requests see first at once must not be placed twice.
  let placing: Promise<unknown> = Promise.resolve();

  function keptOf(view: MapView): Map<string, Position> {
    const positionsOfView = kept.get(view) ?? new Map<string, Position>();
    kept.set(view, positionsOfView);
    return positionsOfView;
  }

  const keep = (of: Map<string, Position>, changed: Iterable<readonly [string, Position]>): void =>
    keepNewest(of, changed, positionsMax);

  async function saveOrTell(): Promise<void> {
    try {
      await save.now();
    } catch (error) {
      events.troubleMet('map positions could not be written', error);
    }
  }

  async function placeNew(services: BareGraph, view: MapView): Promise<Positions> {
    const own = keptOf(view);
    const keys = services.map(keyOf);
    const fresh = keys.some((key) => !own.has(key)) ? await layout.place(Object.fromEntries(own), services) : {};
    // What was moved meanwhile counts more.
    const found = keys.flatMap((key) => {
      const position = own.get(key) ?? fresh[key];
      return position === undefined ? [] : [[key, position] as const];
    });
    keep(own, found);
    if (Object.keys(fresh).length > 0) void saveOrTell();
    return Object.fromEntries(found);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = placing.then(work);
    placing = done.catch(() => undefined);
    return done;
  }

  return {
    place(services, view) {
      const own = keptOf(view);
      const isKnown = services.every((service) => own.has(keyOf(service)));
      return isKnown ? placeNew(services, view) : inTurn(() => placeNew(services, view));
    },
    layOut(services, view) {
      return inTurn(async () => {
        const before = Object.fromEntries(keptOf(view));
        const laidOut = await layout.layout(services);
        keptOf(view).clear();
        keep(keptOf(view), Object.entries(laidOut));
        await save.now();
        return { positions: laidOut, before };
      });
    },
    async put({ positions: changed, replace = false, by }) {
      const own = keptOf(by ?? 'plain');
      if (replace) own.clear();
      keep(own, Object.entries(changed));
      await save.now();
      return Object.fromEntries(own);
    },
    async flush() {
      await placing;
      await save.settled();
    },
  };
}

function keepNewest(of: Map<string, Position>, changed: Iterable<readonly [string, Position]>, countMax: number): void {
  for (const [key, position] of changed) {
    of.delete(key);
    of.set(key, position);
  }
  for (const key of of.keys()) {
    if (of.size <= countMax) break;
    of.delete(key);
  }
}

interface Saver {
  readonly now: () => Promise<void>;
  readonly settled: () => Promise<void>;
}

/** One write at a time; changes made while one waits share it. */
function createSaver(dataDir: string, path: string, print: () => string): Saver {
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return {
    now() {
      next ??= (async () => {
        await Promise.allSettled([current]);
        current = next ?? Promise.resolve();
        next = null;
        await writeWhole(dataDir, path, print());
      })();
      return next;
    },
    async settled() {
      await Promise.allSettled([current, next]);
    },
  };
}

function printKept(kept: Kept): string {
  const { plain = {}, ...boxes }: Partial<Record<MapView, Positions>> = Object.fromEntries(
    Array.from(kept)
      .filter(([, positionsOfView]) => positionsOfView.size > 0)
      .map(([view, positionsOfView]) => [view, Object.fromEntries(positionsOfView)]),
  );
  return `${JSON.stringify({ version: 1, positions: plain, ...(Object.keys(boxes).length > 0 && { boxes }) })}\n`;
}

async function readKept(path: string, events: MapPositionsOptions['events']): Promise<Kept> {
  try {
    const text = await readFile(path, 'utf8');
    const { positions: plain, boxes } = keptFile.parse(JSON.parse(text));
    const kept: Kept = new Map([['plain', new Map(Object.entries(plain))]]);
    for (const by of BOX_KINDS) kept.set(by, new Map(Object.entries(boxes[by] ?? {})));
    return kept;
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
