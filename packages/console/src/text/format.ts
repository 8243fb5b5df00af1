import { timeZone } from './time-zone.ts';

/** How figures and times read everywhere in the console: three significant digits, a thin space before the unit. */
const THIN = '\u2009';
export const NO_VALUE = '–';

export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return NO_VALUE;
  const s = Math.max(0, seconds);
  if (s === 0) return `0${THIN}ms`;
  if (s < 0.000_999_5) return `${threeDigits(s * 1e6)}${THIN}µs`;
  if (s < 0.999_5) return `${threeDigits(s * 1e3)}${THIN}ms`;
  if (s < 59.95) return `${threeDigits(s)}${THIN}s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)}${THIN}m ${pad(whole % 60)}${THIN}s`;
  return `${Math.floor(whole / 3600)}${THIN}h ${pad(Math.floor((whole % 3600) / 60))}${THIN}m`;
}

export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US');
  if (count < 999_500) return `${threeDigits(count / 1e3)}k`;
  return `${threeDigits(count / 1e6)}M`;
}

/** `1 row`, `2 rows`. */
export function formatCountOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A value on an axis: round, so without digits that say nothing. */
export function formatTick(seconds: number): string {
  return formatDuration(seconds)
    .replace(/\.0+(?=\D)/, '')
    .replace(/(\.\d*[1-9])0+(?=\D)/, '$1');
}

/** A minute, or a second where there are many; the digits stay, whatever the figure does. */
export function formatRate(count: number, windowS: number): string {
  const perMinute = windowS > 0 ? (count * 60) / windowS : 0;
  if (perMinute === 0) return '0/min';
  if (perMinute >= 59_970) return `${threeDigits(perMinute / 60_000)}k/s`;
  if (perMinute >= 5_999.5) return `${threeDigits(perMinute / 60)}/s`;
  if (perMinute < 0.095) return '<0.1/min';
  return perMinute >= 99.95 ? `${Math.round(perMinute).toLocaleString('en-US')}/min` : `${perMinute.toFixed(1)}/min`;
}

/** A length of time that is chosen, in whole units: `15 s`, `5 min`. */
export function formatSpan(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}${THIN}h`;
  return seconds % 60 === 0 ? `${seconds / 60}${THIN}min` : `${seconds}${THIN}s`;
}

export function formatShare(share: number): string {
  if (share <= 0) return `0${THIN}%`;
  if (share < 0.001) return `<0.1${THIN}%`;
  if (share >= 1) return `100${THIN}%`;
  return `${share < 0.0995 ? (share * 100).toFixed(1) : Math.min(99, Math.round(share * 100))}${THIN}%`;
}

export function formatAge(seconds: number): string {
  const s = Math.floor(Math.max(0, seconds));
  if (s < 1) return 'now';
  if (s < 60) return `${s}${THIN}s ago`;
  if (s < 3600) return `${Math.floor(s / 60)}${THIN}m ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)}${THIN}h ago`;
  return `${Math.floor(s / 86_400)}${THIN}d ago`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : threeDigits(value)}${THIN}${units[unit] ?? ''}`;
}

/** Wall time with milliseconds in the chosen zone, as a log line would show it. */
export function formatClock(seconds: number): string {
  return wallTime(seconds).slice(11);
}

export function formatDateTime(seconds: number): string {
  return wallTime(seconds);
}

/** `2026-11-21T20:10:04`, as a field for a time of day wants it. */
export function formatTimeInput(seconds: number): string {
  return wallTime(seconds).replace(' ', 'T').slice(0, 19);
}

/** Seconds since 1970 of what such a field holds; NaN when that is no time. */
export function readTimeInput(text: string): number {
  return new Date(timeZone() === 'utc' ? `${text}Z` : text).getTime() / 1000;
}

function wallTime(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return NO_VALUE;
  if (timeZone() === 'utc') return at.toISOString().replace('T', ' ').slice(0, 23);
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${date} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${ms}`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
