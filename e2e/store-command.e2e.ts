import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, makeFolder, post, removeFolder, runProgram, serveFlags, startProgram } from './program.ts';

const DOCUMENT_COUNT = 40;

test('a folder is sound after a stop, is described, and a damaged slice is named', { timeout: 120_000 }, async () => {
  const dataDir = await filledFolder();
  const sound = await runProgram(['store', 'check', '--data-dir', dataDir]);
  expect(sound).toMatchObject({ code: 0, output: expect.stringContaining(`${DOCUMENT_COUNT} documents`) });
  const described = await runProgram(['store', 'stats', '--data-dir', dataDir, '--json']);
  expect(JSON.parse(described.output)).toMatchObject({ slices: [{ documentCount: DOCUMENT_COUNT }] });
  expect((await runProgram(['store', 'stats', '--data-dir', dataDir])).output).toMatch(/^documents +\d/m);

  const slice = readdirSync(join(dataDir, 'store')).find((name) => /^\d+-\d+\.duckdb$/.test(name)) ?? '';
  overwriteMiddle(join(dataDir, 'store', slice));
  const damaged = await runProgram(['store', 'check', '--data-dir', dataDir]);
  expect(damaged).toMatchObject({ code: 1, output: expect.stringContaining(slice) });
});

test('a folder in use, one that is none, and an unknown word: exit 2, one line that says why', async () => {
  const dataDir = folder();
  const program = await startProgram(serveFlags(dataDir));
  expect(await runProgram(['store', 'check', '--data-dir', dataDir])).toMatchObject({
    code: 2,
    output: expect.stringMatching(/in use by process \d+/),
  });
  await program.stop();
  expect(await runProgram(['store', 'stats', '--data-dir', folder()])).toMatchObject({
    code: 2,
    output: expect.stringContaining('is no store'),
  });
  expect(await runProgram(['store', 'mend'])).toMatchObject({
    code: 2,
    output: expect.stringContaining('check or stats'),
  });
});

async function filledFolder(): Promise<string> {
  const dataDir = folder();
  const program = await startProgram(serveFlags(dataDir));
  const now = Date.now() / 1_000;
  const documents = Array.from({ length: DOCUMENT_COUNT }, (_item, at) =>
    JSON.stringify({
      name: `service-${at % 3}`,
      id: (at + 1).toString(16).padStart(16, '0'),
      trace_id: `1-${Math.floor(now).toString(16)}-${at.toString(16).padStart(24, '0')}`,
      start_time: now,
      end_time: now + 0.1,
      annotations: { at },
    }),
  );
  await post(program.http, '/TraceSegments', { TraceSegmentDocuments: documents });
  const stored = () => post(program.http, '/TraceSummaries', { StartTime: now - 60, EndTime: now + 60 });
  await eventually(stored, ({ TracesProcessedCount }) => TracesProcessedCount === DOCUMENT_COUNT);
  await program.stop();
  return dataDir;
}

/** A quarter of the file: no block there keeps its checksum. */
function overwriteMiddle(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(Math.floor(size / 4), 0x5a), 0, Math.floor(size / 4), Math.floor(size / 2));
  closeSync(file);
}

function folder(): string {
  const made = makeFolder();
  onTestFinished(() => removeFolder(made));
  return made;
}
