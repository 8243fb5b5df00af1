import { expect, test } from 'vitest';
import { reportIntake } from './events.ts';
import { createLog } from './log.ts';

test('of a datagram with many documents each counts', () => {
  const lines: string[] = [];
  const { events, take } = reportIntake(createLog({ level: 'info', write: (line) => void lines.push(line) }));
  events.datagramReceived(100, 3);
  events.datagramRefused({ code: 'truncated', message: 'cut' });
  expect([take(), lines.length]).toEqual([{ received: 3, rejected: 1, spilled: 0 }, 1]);
});
