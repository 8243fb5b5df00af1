/** How many slices a merge may have: fewer after one that failed, which may have been too much for the engine's memory. */
export interface MergeSize {
  readonly slicesMax: number;
  failed(sliceCount: number): void;
  succeeded(): void;
}

const SLICES_LEAST = 2;

export function createMergeSize(slicesMost: number): MergeSize {
  let slicesMax = slicesMost;
  return {
    get slicesMax() {
      return slicesMax;
    },
    failed(sliceCount) {
      slicesMax = Math.max(SLICES_LEAST, Math.floor(sliceCount / 2));
    },
    succeeded() {
      slicesMax = Math.min(slicesMost, slicesMax * 2);
    },
  };
}
