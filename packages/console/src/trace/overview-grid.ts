/** A small picture of the whole trace: what runs where, coarse enough to draw at once. */
export interface OverviewGrid {
  readonly columns: number;
  readonly lanes: number;
  /** By lane, then column: 0 nothing, 1 runs, 2 runs and has an error or throttle, 3 and has a fault. */
  readonly cells: Uint8Array;
}

const COLUMNS = 600;
const LANES_MAX = 48;

export interface GridRows {
  readonly start: Float64Array;
  readonly length: Float64Array;
  /** 0, or what a cell of it is at least: 2 or 3. */
  readonly badness: (row: number) => number;
}

export function drawOverview({ start, length, badness }: GridRows, lengthUs: number): OverviewGrid {
  const count = start.length;
  const lanes = Math.max(1, Math.min(LANES_MAX, count));
  // Differences along a lane: the cost does not grow with the rows' length.
  const changes = [1, 2, 3].map(() => new Int32Array(lanes * (COLUMNS + 1)));
  const scale = lengthUs > 0 ? COLUMNS / lengthUs : 0;
  for (let row = 0; row < count; row += 1) {
    const lane = Math.floor((row * lanes) / count) * (COLUMNS + 1);
    const from = Math.min(COLUMNS - 1, Math.max(0, Math.floor((start[row] ?? 0) * scale)));
    const to = Math.min(COLUMNS, Math.max(from + 1, Math.ceil(((start[row] ?? 0) + (length[row] ?? 0)) * scale)));
    const change = changes[Math.max(0, badness(row) - 1)];
    if (change === undefined) continue;
    change[lane + from] = (change[lane + from] ?? 0) + 1;
    change[lane + to] = (change[lane + to] ?? 0) - 1;
  }
  const cells = new Uint8Array(lanes * COLUMNS);
  for (const [level, change] of changes.entries()) {
    for (let lane = 0; lane < lanes; lane += 1) {
      for (let column = 0, running = 0; column < COLUMNS; column += 1) {
        running += change[lane * (COLUMNS + 1) + column] ?? 0;
        if (running > 0) cells[lane * COLUMNS + column] = level + 1;
      }
    }
  }
  return { columns: COLUMNS, lanes, cells };
}
