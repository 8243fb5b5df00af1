import { expect, onTestFinished, test, vi } from 'vitest';
import { explainCommand } from './explain.ts';

test.each([
  [
    'ok and(duration>2)',
    `normal form  ok AND duration > 2
store        ok AND duration in µs > 2000000
then         nothing: the store's answer is exact
`,
  ],
  [
    'edge(cart, "stock"){error} !annotation.k',
    `normal form  edge("cart", "stock") { error } AND !annotation.k
store        service with name "cart" AND service with name "stock" AND !(annotation[k] = true OR (annotation[k] is set AND !(annotation[k] = false)))
then         each trace found is held against the expression, by its documents where its row does not tell
             column 1: edge{…}: a row does not tell who called whom
`,
  ],
  [
    'instance.id = "i-1"',
    `normal form  instance.id = "i-1"
store        all traces
then         each trace found is held against the expression, by its row
             column 1: instance.id: stores keep it in the row, and are not asked for it
`,
  ],
])('%s is explained', async (text, expected) => {
  expect(await run([text])).toEqual({ code: 0, output: expected, errors: '' });
});

test.each([
  ['ok AND falt', 'fluoroscope: column 8: unknown keyword "falt"; did you mean "fault"?\nok AND falt\n       ^\n'],
  ['service{edge}', 'fluoroscope: column 9: edge cannot be used inside service{…}\nservice{edge}\n        ^\n'],
  [' ', 'fluoroscope: the expression is empty; a search without one finds all traces\n'],
])('%j is refused with the spot', async (text, expected) => {
  expect(await run([text])).toEqual({ code: 2, output: '', errors: expected });
});

test('one expression, or help', async () => {
  expect(await run([])).toMatchObject({ code: 2, errors: expect.stringContaining('one expression') });
  expect(await run(['ok', 'AND', 'fault'])).toMatchObject({ code: 2, errors: expect.stringContaining('in quotes') });
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    output: expect.stringContaining('usage: fluoroscope explain'),
  });
});

async function run(argv: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  const [output, errors] = [process.stdout, process.stderr].map((stream) => {
    const written: string[] = [];
    const spy = vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    onTestFinished(() => spy.mockRestore());
    return written;
  });
  const code = await explainCommand(argv);
  return { code, output: output?.join('') ?? '', errors: errors?.join('') ?? '' };
}
