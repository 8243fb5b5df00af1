import { ApiError, type IndexingRule, type TraceSegmentDestination } from '@fluoroscope/api';
import type { ControlPlane } from './control-plane.ts';
import type { KeptIndexing } from './control-state.ts';

/**
 * Settings of AWS's Transaction Search, kept for the tools that read them back. Nothing depends on them: every
 * segment goes into our store and every trace is indexed.
 */
export interface TransactionSearch {
  destination(): TraceSegmentDestination;
  setDestination(destination: TraceSegmentDestination): Promise<TraceSegmentDestination>;
  /** X-Ray has one, called Default. */
  indexingRules(): readonly IndexingRule[];
  updateIndexingRule(name: string, desiredPercentage: number): Promise<IndexingRule>;
}

export interface TransactionSearchOptions {
  readonly control: ControlPlane;
  readonly nowSeconds: () => number;
}

const INDEXING_RULE_NAME = 'Default';

export function createTransactionSearch({ control, nowSeconds }: TransactionSearchOptions): TransactionSearch {
  return {
    destination: () => control.state.destination,
    setDestination: (destination) =>
      control.change((state) => ({
        state: state.destination === destination ? state : { ...state, destination },
        answer: destination,
      })),
    indexingRules: () => [printRule(control.state.indexing)],
    updateIndexingRule: (name, desiredPercentage) =>
      control.change((state) => {
        if (name !== INDEXING_RULE_NAME) {
          throw new ApiError('ResourceNotFoundException', `Name: there is no indexing rule "${name}"`, {
            resourceName: name,
          });
        }
        if (!(desiredPercentage >= 0 && desiredPercentage <= 100)) {
          throw new ApiError(
            'InvalidRequestException',
            'Rule.Probabilistic.DesiredSamplingPercentage must be from 0 to 100',
          );
        }
        const indexing = { desiredPercentage, modifiedAt: Math.floor(nowSeconds()) };
        return { state: { ...state, indexing }, answer: printRule(indexing) };
      }),
  };
}

function printRule({ desiredPercentage, modifiedAt }: KeptIndexing): IndexingRule {
  return {
    Name: INDEXING_RULE_NAME,
    ModifiedAt: modifiedAt,
    Rule: {
      Probabilistic: { DesiredSamplingPercentage: desiredPercentage, ActualSamplingPercentage: 100 },
    },
  };
}
