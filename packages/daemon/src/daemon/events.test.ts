import { expect, test } from 'vitest';
import { reportEndpoint, reportIntake } from './events.ts';
import { createLog } from './log.ts';

test('of a datagram with many documents each counts', () => {
  const lines: string[] = [];
  const { events, take } = reportIntake(createLog({ level: 'info', write: (line) => void lines.push(line) }));
  events.datagramReceived(100, 3);
  events.datagramRefused({ code: 'truncated', message: 'cut' });
  expect([take(), lines.length]).toEqual([{ received: 3, rejected: 1, spilled: 0 }, 1]);
});

test("what is not processed is told in AWS's words", () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (line) => void lines.push(line.replace(/^\S+ /, '')) });
  const { events, take } = reportEndpoint(log, 'x');
  events.batchSent(3, 0.0124, 2);
  events.segmentsUnprocessed([
    { id: 'a', traceId: '1-5-a', code: 'InvalidSegment', message: 'no name' },
    { id: null, traceId: null, code: 'Bad', message: '' },
  ]);
  events.batchSent(1, 2, 0);
  expect(lines).toEqual([
    '[Info] Sent batch of 3 segments but had 2 Unprocessed segments (0.012 seconds)\n',
    '[Error] Unprocessed trace 1-5-a, segment: a InvalidSegment no name\n',
    '[Error] Unprocessed segment: without id Bad \n',
    '[Info] Successfully sent batch of 1 segments (2.000 seconds)\n',
  ]);
  expect(take()).toMatchObject({ sent: 2, rejected: 2 });
});
