import { describeSameAnswers, describeTraceStore } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll } from 'vitest';
import { createDatabases } from './testing/databases.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose]());

const databases = createDatabases(() => engine);
describeTraceStore('the ClickHouse store', () => databases.open());
describeSameAnswers('the ClickHouse store', () => databases.open());
