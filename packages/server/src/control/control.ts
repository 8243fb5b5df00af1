import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';
import type { Settings } from '../settings.ts';
import { createArns } from './arns.ts';
import { loadControlFile, saveControlFile } from './control-file.ts';
import { createControlPlane } from './control-plane.ts';
import { createEncryptionChoice, type EncryptionChoice } from './encryption-choice.ts';
import { createGroups, type Groups } from './groups.ts';
import type { ControlLimits } from './limits.ts';
import { createResourcePolicies, type ResourcePolicies } from './resource-policies.ts';
import { createKeptSamplingRules, type KeptSamplingRules } from './sampling-rules.ts';
import { createTags, type Tags } from './tags.ts';
import { createTraceRetrievals, type TraceRetrievals } from './trace-retrievals.ts';
import { createTransactionSearch, type TransactionSearch } from './transaction-search.ts';

/** What clients set and everybody shares. */
export interface Control {
  readonly groups: Groups;
  readonly samplingRules: KeptSamplingRules;
  readonly tags: Tags;
  readonly resourcePolicies: ResourcePolicies;
  readonly traceRetrievals: TraceRetrievals;
  readonly transactionSearch: TransactionSearch;
  readonly encryption: EncryptionChoice;
  /** Calls back after every change that counts. */
  readonly onChanged: (listener: () => void) => void;
}

export interface ControlOptions {
  readonly settings: Pick<Settings, 'dataDir' | 'region' | 'accountId' | 'samplingReservoir' | 'samplingRate'> &
    ControlLimits;
  readonly nowUs: () => TimeUs;
}

const FILE = 'control.json';

/** Of ids in ARNs, revisions and tokens: not to be guessed, since who has a token can read with it. */
const ID_BYTES = 16;

/** Called by the process that holds the data folder. Throws StartError for a file that cannot be understood. */
export async function openControl({ settings, nowUs }: ControlOptions): Promise<Control> {
  const path = join(settings.dataDir, FILE);
  const listeners = new Set<() => void>();
  const control = createControlPlane({
    state: await loadControlFile(path),
    save: (state) => saveControlFile(path, state),
    changed: () => {
      for (const listener of listeners) listener();
    },
  });
  const arns = createArns(settings);
  const nowSeconds = (): number => secondsFromUs(nowUs());
  return {
    groups: createGroups({ control, arns, limits: settings, newId }),
    samplingRules: createKeptSamplingRules({
      control,
      arns,
      limits: settings,
      reservoirSize: settings.samplingReservoir,
      fixedRate: settings.samplingRate,
      region: settings.region,
      accountId: settings.accountId,
      startUs: nowUs(),
      nowSeconds,
    }),
    tags: createTags({ control, arns, limits: settings }),
    resourcePolicies: createResourcePolicies({
      control,
      limits: settings,
      accountId: settings.accountId,
      newId,
      nowSeconds,
    }),
    traceRetrievals: createTraceRetrievals({ control, newId, nowSeconds }),
    transactionSearch: createTransactionSearch({ control, nowSeconds }),
    encryption: createEncryptionChoice({ control, nowSeconds }),
    onChanged: (listener) => void listeners.add(listener),
  };
}

function newId(): string {
  return randomBytes(ID_BYTES).toString('hex').toUpperCase();
}
