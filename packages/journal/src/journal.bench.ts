import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openJournal } from './file-journal.ts';
import { decodeFrame, encodeFrame, FRAME_HEADER_BYTES } from './frame.ts';
import type { Durability, Journal } from './journal.ts';
import { openJournalReader } from './journal-reader.ts';

// Run: npx tsx --conditions=source packages/journal/src/journal.bench.ts
const RECORD_BYTES = 900;
const GROUP_RECORDS = 50;
const RECORDS = 200_000;
const READ_BYTES = 1024 * 1024;

const events = { damaged: () => assert.fail('damage in what was just written') };
const record = Buffer.alloc(RECORD_BYTES, 'segment ');
const group = Array.from({ length: GROUP_RECORDS }, () => record);

checkFrame();
for (const durability of ['fsync', 'os'] as const) {
  await benchJournal(`${durability}, one caller`, durability, 1);
  await benchJournal(`${durability}, 16 callers`, durability, 16);
}
await benchSingles();

/** The CRC over the frame in place equals one over header and record apart. */
function checkFrame(): void {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + RECORD_BYTES);
  encodeFrame(bytes, 0, 1, 1, record);
  assert.equal(bytes.readUInt32LE(0), crc32(record, crc32(bytes.subarray(4, FRAME_HEADER_BYTES))));
  assert.ok(decodeFrame(bytes, 0, bytes.length, 1).ok);
}

async function benchJournal(name: string, durability: Durability, callerCount: number): Promise<void> {
  await inFolder(durability, async (journal, dir) => {
    const groups = RECORDS / GROUP_RECORDS / callerCount;
    await measure(`append: ${name}`, RECORDS, async () => {
      await Promise.all(
        Array.from({ length: callerCount }, async () => {
          for (let index = 0; index < groups; index++) await journal.append(group);
        }),
      );
      return `${journal.stats().syncCount} syncs`;
    });
    const reader = await openJournalReader({ dir, after: 0, events });
    await measure(`read back: ${name}`, RECORDS, async () => {
      let count = 0;
      for (;;) {
        const records = await reader.read(journal.committedSequence, READ_BYTES);
        if (records.length === 0) break;
        count += records.length;
        assert.deepEqual(records[0]?.bytes, record);
      }
      assert.equal(count, RECORDS);
      return '';
    });
    await reader[Symbol.asyncDispose]();
  });
}

/** As datagrams come: a call for each record, about 20,000 a second. */
async function benchSingles(): Promise<void> {
  const count = 40_000;
  await inFolder('fsync', async (journal) => {
    await measure('append: fsync, one record a call, paced', count, async () => {
      const open: Promise<number>[] = [];
      for (let sent = 0; sent < count; sent += 20) {
        for (let index = 0; index < 20; index++) open.push(journal.append([record]));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(open);
      return `${journal.stats().syncCount} syncs`;
    });
  });
}

async function inFolder(durability: Durability, work: (journal: Journal, dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'fluoroscope-journal-bench-'));
  try {
    const journal = await openJournal({ dir, sizeBytesMax: 1e10, durability, nextSequence: 1, events });
    await work(journal, dir);
    await journal[Symbol.asyncDispose]();
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function measure(name: string, records: number, work: () => Promise<string>): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const note = await work();
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const rate = Math.round((records / elapsedMs) * 1000).toLocaleString('en');
  const cpu = `${((user + system) / records).toFixed(2)} (user ${(user / records).toFixed(2)})`;
  process.stdout.write(`${name.padEnd(45)} ${rate.padStart(10)} records/s  ${cpu} us CPU a record  ${note}\n`);
}
