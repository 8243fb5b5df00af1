import { describeSameAnswers } from '@fluoroscope/store/conformance';
import { openRig, type Layout } from '../testing/source-rig.ts';

const LAYOUTS: Readonly<Record<string, Layout>> = {
  heads: { seals: () => false, joins: () => 0 },
  'a slice a batch': { seals: () => true, joins: () => 0 },
  'one slice, merged with each batch': { seals: () => true, joins: () => 2 },
  'slices merged three at a time, and a head': {
    seals: (batchNo) => batchNo !== 3,
    joins: (batchNo) => (batchNo % 3 === 2 ? 3 : 0),
  },
  'heads and slices in turn': { seals: (batchNo) => batchNo % 2 === 0, joins: () => 0 },
  'heads and slices joined': { seals: (batchNo) => batchNo % 2 === 0, joins: (batchNo) => (batchNo === 3 ? 3 : 0) },
};

/** Of each layout: a slice takes tens of statements to build, however small it is. */
const RUN_COUNT = 12;

for (const [name, layout] of Object.entries(LAYOUTS)) describeSameAnswers(name, () => openRig(layout), RUN_COUNT);
