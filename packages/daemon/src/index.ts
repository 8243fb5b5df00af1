export {
  CollectorError,
  printFaults,
  readCollectorConfig,
  startCollector,
  type CollectorOptions,
  type RunningCollector,
} from './collector/collector.ts';
