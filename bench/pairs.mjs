import { median, round } from './numbers.mjs';

/**
 * Runs A and B in turn and sets each A beside the B that follows it: on a machine that others use too, only such ratios
 * mean something. Below 1, A has the smaller figure.
 */
export async function runPairs(count, runA, runB, compared) {
  const pairs = [];
  for (let number = 1; number <= count; number += 1) {
    const a = await runA();
    const b = await runB();
    pairs.push({ a: pick(a.figures, compared), b: pick(b.figures, compared) });
    console.log(`  pair ${number} of ${count}`, JSON.stringify(pairs.at(-1)));
  }
  const ratios = Object.fromEntries(
    compared.map((figure) => {
      const each = pairs.map(({ a, b }) => a[figure] / b[figure]);
      return [
        figure,
        { median: round(median(each), 3), min: round(Math.min(...each), 3), max: round(Math.max(...each), 3) },
      ];
    }),
  );
  return { ratios, pairs };
}

function pick(figures, names) {
  return Object.fromEntries(names.map((name) => [name, figures[name]]));
}
