import { expect, test } from 'vitest';
import { readStack } from './stack-frames.ts';

/** `TYPE: MESSAGE <- LABEL PATH:LINE | …` a part. */
function draw(stack: string, language?: string): string[] {
  return readStack(stack, language).map(({ type, message, frames }) => {
    const drawn = frames.map(({ label = '', path = '', line = '' }) => `${label} ${path}:${line}`).join(' | ');
    return type === undefined ? drawn : `${type}: ${message ?? ''} <- ${drawn}`;
  });
}

test.each<[string, string, string]>([
  [
    'python',
    'Traceback:\n  File "a.py", line 1, in main\n  File "b.py", line 2, in f\nE: x',
    'E: x <- f b.py:2 | main a.py:1',
  ],
  ['nodejs', 'Error: x\n    at f (/srv/a.js:10:5)', 'f /srv/a.js:10'],
  ['webjs', 'Error: x\n    at https://a.example/b.js:10:5', ' https://a.example/b.js:10'],
  ['dotnet', 'X: y\n   at A.B.C(Int32 i) in /src/B.cs:line 12', 'A.B.C(Int32 i) /src/B.cs:12'],
  ['dotnet', 'X: y\n   at A.<>c.<I>b__0() in C:\\p in q\\H.cs:line 7', 'A.<>c.<I>b__0() C:\\p in q\\H.cs:7'],
  ['dotnet', 'X: y\n   at A.B(T x)', 'A.B(T x) :'],
  ['php', 'X\n#0 /srv/a.php(12): f()', 'f() /srv/a.php:12'],
  ['go', 'goroutine 1 [running]:\nmain.f(0x1)\n\t/src/a.go:12 +0x1d', 'main.f /src/a.go:12'],
  ['java', 'X\n\tat java.base/java.lang.Thread.run(Thread.java:8)', 'java.lang.Thread.run Thread.java:8'],
  ['java', 'X\n\tat app//com.example.A.b(A.java:3)', 'com.example.A.b A.java:3'],
  ['java', 'X\n\tat app/m@1.2/c.A.b(A.java:3)', 'c.A.b A.java:3'],
  ['java', 'X\n\tat c.A$$Lambda$1/0x00a.run(Unknown Source)', 'c.A$$Lambda$1/0x00a.run Unknown Source:'],
  ['kotlin', 'X\n    at c.A.b(A.kt:3)', 'c.A.b A.kt:3'],
])('a %s stack trace %j is %s', (language, stack, drawn) => {
  expect(draw(stack, language)).toEqual([drawn]);
});

test('the causes of a Java exception, with messages of several lines; suppressed ones are left out', () => {
  const stack = `A: no
\tat x.Y.z(Y.java:3)
\tSuppressed: S: closing
\t\tat s.S.t(S.java:9)
\tat x.Y.y(Y.java:2)
Caused by: B: deep: er
second line
\tat q.R.s(R.java:4)
\t... 1 more
Caused by: x.Bare
\tat z.Z.z(Z.java:1)
`;
  const parts = [
    'x.Y.z Y.java:3 | x.Y.y Y.java:2',
    'B: deep: er\nsecond line <- q.R.s R.java:4',
    'x.Bare:  <- z.Z.z Z.java:1',
  ];
  expect(draw(stack, 'java')).toEqual(parts);
  expect(draw(stack)).toEqual(parts);
});

test('OpenTelemetry writes those of PHP as Java does', () => {
  const stack = 'A: no\n\tat C->d(c.php:13)\n\tat {main}(e.php:1)\nCaused by: B: deep\n\tat F.g(f.php)';
  expect(draw(stack, 'php')).toEqual(['C->d c.php:13 | {main} e.php:1', 'B: deep <- F.g f.php:']);
});

test.each([
  'During handling of the above exception, another exception occurred:',
  'The above exception was the direct cause of the following exception:',
])('a chain of Python: %s', (between) => {
  const stack = `Traceback (most recent call last):
  File "main.py", line 1, in <module>
    foo()
  File "lib/x.py", line 22, in foo
    raise KeyError("k")
    ^^^^^^^^^^^^^^^^^^^
shop.Missing: k
and more

${between}

Traceback (most recent call last):
  File "y.py", line 5, in bar
    baz()
ValueError: outer
`;
  expect(draw(stack, 'python')).toEqual([
    'ValueError: outer <- bar y.py:5',
    'shop.Missing: k\nand more <- foo lib/x.py:22 | <module> main.py:1',
  ]);
});

test.each([
  ['', 'java'],
  ['just text', 'python'],
  ['just text', undefined],
])('%j in %s has no frames', (stack, language) => {
  expect(readStack(stack, language).flatMap(({ frames }) => frames)).toEqual([]);
});
