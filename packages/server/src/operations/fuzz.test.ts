import { OPERATION_NAMES, OPERATIONS } from '@fluoroscope/api/operations';
import { readCorpus } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAppRig } from '../testing/app-rig.ts';

const SEED = 20_261_121;
const RUNS = 40;
const NOW = Math.floor(Date.now() / 1000);
const ARN = 'arn:aws:xray:us-east-1:000000000000:';
const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
const RATES = { Priority: 1, FixedRate: 0.5, ReservoirSize: 2, Version: 1 };
const ANY_RULE = {
  ResourceARN: '*',
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ...RATES,
};
const STATISTICS = { RuleName: 'r', ClientID: 'c'.repeat(24), Timestamp: NOW, RequestCount: 3, SampledCount: 1 };
const EXPRESSIONS = ['service("a") AND edge("a","b")', 'id(name:"a")', '!fault', 'annotation[a] = 1', 'ok', 'user'];

/** What a member may well hold; texts that several members understand differently among them. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  StartTime: [NOW - 60, 0, NOW],
  EndTime: [NOW + 60, NOW, 9e12],
  GroupName: ['Default', 'g', 'h'],
  GroupARN: [`${ARN}group/Default`],
  FilterExpression: EXPRESSIONS,
  EntitySelectorExpression: EXPRESSIONS,
  InsightsConfiguration: [{ InsightsEnabled: true, NotificationsEnabled: true }, {}],
  Tags: [[{ Key: 'k', Value: 'v' }], []],
  TagKeys: [['k'], []],
  ResourceARN: [`${ARN}group/Default`, `${ARN}sampling-rule/Default`, `${ARN}sampling-rule/r`],
  SamplingRule: ['r', 's'].map((RuleName) => ({ RuleName, ...ANY_RULE })),
  SamplingRuleUpdate: [
    { RuleName: 'Default', FixedRate: 0.1 },
    { RuleName: 'r', Priority: 7 },
  ],
  RuleName: ['r', 'Default'],
  SamplingStatisticsDocuments: [[STATISTICS, { ...STATISTICS, RuleName: 'Default' }]],
  TraceIds: [[TRACE], []],
  TraceSegmentDocuments: [['{}', '']],
  TelemetryRecords: [[{ Timestamp: NOW }]],
  InsightId: ['01234567-89ab-4cde-8123-456789abcdef'],
  PolicyName: ['p', 'q'],
  PolicyDocument: ['{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}'],
  PolicyRevisionId: ['0', null],
  Type: ['NONE', 'KMS'],
  Name: ['Default'],
  Rule: [{ Probabilistic: { DesiredSamplingPercentage: 3 } }],
  Destination: ['XRay', 'CloudWatchLogs'],
  Period: [60, 3_600, 1e12],
  RetrievalToken: ['x'],
};

/** Whose every answer is a refusal: there are no insights, and nobody guesses a token. */
const ALWAYS_REFUSED = /^get-insight(?!-summaries)|retriev(?!al$)|^cancel/;

const anything = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>('', 'Default', null, true, -1, 0, 0.5, 1, 60, 1e9, 1e300, ...EXPRESSIONS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...Object.keys(GOOD), 'Key', '__proto__', 'constructor'), tie('any'), { maxKeys: 4 }),
  ),
})).any;

test.each(OPERATION_NAMES)('%s: no request is a fault of ours', async (name) => {
  await using rig = await openAppRig();
  await rig.post('/CreateGroup', { GroupName: 'g' });
  await rig.post('/CreateSamplingRule', { SamplingRule: GOOD['SamplingRule']?.[0] });
  await rig.post('/PutResourcePolicy', { PolicyName: 'p', PolicyDocument: GOOD['PolicyDocument']?.[0] });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(requestOf(name), async (request) => {
      const { status, body } = await rig.post(OPERATIONS[name].path, request);
      expect([200, 400, 404]).toContain(status);
      if (status === 200) answered += 1;
      else expect(body).toMatchObject({ __type: expect.stringMatching(/Exception$/) });
    }),
    { seed: SEED, numRuns: RUNS },
  );
  expect(answered > 0).toBe(!ALWAYS_REFUSED.test(name));
});

/** Members of this operation, mostly as they should be. */
function requestOf(name: string): fc.Arbitrary<unknown> {
  const members = membersOf(name).map((member) => {
    const good = fc.constantFrom(...(GOOD[member] ?? [null]));
    return [member, fc.oneof({ arbitrary: good, weight: 6 }, { arbitrary: anything, weight: 1 })] as const;
  });
  return fc.oneof(
    { arbitrary: fc.record(Object.fromEntries(members)), weight: 2 },
    { arbitrary: fc.record(Object.fromEntries(members), { requiredKeys: [] }), weight: 2 },
    { arbitrary: anything, weight: 1 },
  );
}

function membersOf(name: string): readonly string[] {
  const lines = readCorpus('api/operations');
  const at = lines.findIndex(
    (line) =>
      line
        .split(' ')[0]
        ?.replaceAll(/(?<!^)[A-Z]/g, '-$&')
        .toLowerCase() === name,
  );
  const rest = lines.slice(at + 1);
  const own = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith(' ')),
  );
  return own.filter((line) => !line.startsWith('  throws')).map((line) => /\w+/.exec(line)?.[0] ?? '');
}
