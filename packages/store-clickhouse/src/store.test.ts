import { describeSameAnswers, describeTraceStore } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll } from 'vitest';
import { createDatabases } from './testing/databases.ts';
import { startEngine, type Engine } from './testing/engine.ts';

/** Fewer than elsewhere: the engine takes a second for each. */
const RUN_COUNT = 24;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

const databases = createDatabases(() => engine);
describeTraceStore('the ClickHouse store', () => databases.open());
describeSameAnswers('the ClickHouse store', () => databases.open(), RUN_COUNT);
