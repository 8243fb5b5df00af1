import { describeTraceStore } from './conformance.ts';
import { createMemoryStore } from './memory-store.ts';

describeTraceStore('the memory store', async () => ({ store: createMemoryStore() }));
