/** Longer words are not compared: the cost grows with the square, and nobody mistypes that far. */
const COMPARED_CHARS_MAX = 48;
const SUGGESTION_COUNT_MAX = 2;

/** The known words nearest to this one: a part left out (`status`, `group`), or a slip of the keys. */
export function didYouMean(word: string, known: readonly string[]): readonly string[] {
  if (word.length > COMPARED_CHARS_MAX) return [];
  const rated = known.map((candidate) => ({ candidate, slips: rate(word, candidate) }));
  const fewest = Math.min(...rated.map(({ slips }) => slips));
  if (fewest > Math.max(1, Math.floor(word.length / 3))) return [];
  return rated
    .filter(({ slips }) => slips === fewest)
    .slice(0, SUGGESTION_COUNT_MAX)
    .map(({ candidate }) => candidate);
}

function rate(word: string, candidate: string): number {
  const isPart = candidate.startsWith(`${word}.`) || candidate.endsWith(`.${word}`);
  return isPart ? 0 : countSlips(word, candidate);
}

/** Characters to insert, delete, replace or swap with their neighbour to get from one word to the other. */
function countSlips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
