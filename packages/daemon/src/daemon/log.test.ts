import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, LOG_LEVELS, openLogFile, type LogLevel } from './log.ts';

test.each<[string, LogLevel[]]>([
  ['dev', ['debug', 'info', 'warn', 'error']],
  ['prod', ['info', 'warn', 'error']],
  ['error', ['error']],
])('%s tells %j', (name, told) => {
  const lines: string[] = [];
  const log = createLog({ level: LOG_LEVELS.get(name) ?? 'info', write: (line) => lines.push(line), nowMs: () => 0 });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write(level, level);
  expect(lines).toEqual(
    told.map((level) => `1970-01-01T00:00:00Z [${level.charAt(0).toUpperCase()}${level.slice(1)}] ${level}\n`),
  );
});

test('what clients send makes no line of its own', () => {
  const lines: string[] = [];
  createLog({ level: 'info', write: (line) => lines.push(line), nowMs: () => 0 }).write(
    'warn',
    'a\n2026 [Info] b\u001b[2J',
  );
  expect(lines).toEqual(['1970-01-01T00:00:00Z [Warn] a 2026 [Info] b [2J\n']);
});

test('the folder of the file is made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = openLogFile(join(folder, 'var', 'xray', 'log'), true);
  file.write('one');
  file.close();
  expect(readFileSync(join(folder, 'var', 'xray', 'log'), 'utf8')).toBe('one');
  expect(() => openLogFile('/proc/nowhere/log', true)).toThrow('ENOENT');
});

test.each([
  [true, ['log', 'log.1'], 'four'],
  [false, ['log'], 'one.two.three.four'],
])('rotation %s leaves %j', (rotates, files, last) => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = openLogFile(join(folder, 'log'), rotates, 6);
  for (const text of ['one.', 'two.', 'three.', 'four']) file.write(text);
  file.close();
  expect(readdirSync(folder).toSorted()).toEqual(files);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(last);
});
