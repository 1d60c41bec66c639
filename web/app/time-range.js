// The global time range: what people type and what the URL holds (`now-6h`, `now/d`, absolute times), resolved to instants,
// shifted, zoomed, and cut into buckets. Pure: the clock and the zone are parameters.

import { add, formatInstant, formatSpan, instant, startOf } from './zone.js';

/** The range of a page that names none. */
export const DEFAULT_RANGE = { from: 'now-1h', to: 'now' };

/** The quick ranges, shortest first: expression and label. */
export const QUICK_RANGES = [
  ['now-5m', 'Last 5 minutes'], ['now-15m', 'Last 15 minutes'], ['now-30m', 'Last 30 minutes'], ['now-1h', 'Last hour'], ['now-3h', 'Last 3 hours'], ['now-6h', 'Last 6 hours'],
  ['now-24h', 'Last 24 hours'], ['now-2d', 'Last 2 days'], ['now-7d', 'Last 7 days'], ['now-30d', 'Last 30 days'],
  ['now-90d', 'Last 90 days'], ['now-1y', 'Last year'],
];

/** Ranges of the calendar, in the chosen zone. */
export const CALENDAR_RANGES = [
  ['now/d', 'now', 'Today'], ['now-1d/d', 'now/d', 'Yesterday'], ['now/w', 'now', 'This week'],
  ['now-1w/w', 'now/w', 'Last week'], ['now/M', 'now', 'This month'], ['now-1M/M', 'now/M', 'Last month'],
];

const RELATIVE = /^now(?:\s*([+-])\s*(\d{1,6})\s*([smhdwMy]))?(?:\/([smhdwMy]))?$/;
const ABSOLUTE = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** Whether an expression moves with the clock. */
export function isRelative(expression) {
  return expression.startsWith('now');
}

/** The instant that `expression` means at `now` in `zone`; throws RangeError with a sentence when it means none. */
export function resolveInstant(expression, now, zone) {
  const text = expression.trim();
  const relative = RELATIVE.exec(text);
  if (relative) {
    const [, sign, amount, unit, rounding] = relative;
    const moved = amount ? add(now, (sign === '-' ? -1 : 1) * Number(amount), unit, zone) : now;
    return rounding ? startOf(moved, rounding, zone) : moved;
  }
  if (/^\d{9,16}$/.test(text)) return text.length >= 12 ? Number(text) : Number(text) * 1000;
  const absolute = ABSOLUTE.exec(text);
  if (!absolute) throw new RangeError(`\u201c${text}\u201d is not a time: write now-6h, now/d or 2026-03-05 16:03`);
  return absoluteInstant(absolute, text, zone);
}

function absoluteInstant([, year, month, day, hour, minute, second, fraction, shift], text, zone) {
  const fields = [Number(year), Number(month), Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  const [, m, d, h, min, s] = fields;
  if (m < 1 || m > 12 || d < 1 || d > 31 || h > 23 || min > 59 || s > 59) throw new RangeError(`\u201c${text}\u201d is not on the calendar`);
  const ms = fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0;
  if (!shift) return instant(zone, ...fields) + ms;
  const [fy, ...rest] = fields;
  const wall = Date.UTC(fy, rest[0] - 1, ...rest.slice(1)) + ms;
  if (shift === 'Z') return wall;
  const digits = shift.replace(':', '');
  return wall - (digits[0] === '-' ? -1 : 1) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))) * 60_000;
}

/** `{from, to}` in instants; throws RangeError when an end is no time or the range is empty. */
export function resolveRange(range, now, zone) {
  const from = resolveInstant(range.from, now, zone);
  const to = resolveInstant(range.to, now, zone);
  if (!(from < to)) throw new RangeError('the range is empty: its start is not before its end');
  return { from, to };
}

/** Ranges longer than this are named to the second: more digits would only make links longer. */
const FINE_MS = 120_000;

/** An absolute range for the URL: ISO 8601 in UTC, to the millisecond where it matters. */
export function absoluteRange(from, to) {
  const unit = to - from > FINE_MS ? 1_000 : 1;
  return { from: iso(Math.floor(from / unit) * unit), to: iso(Math.ceil(to / unit) * unit) };
}

/** ISO 8601 in UTC without needless zeros. */
export function iso(ms) {
  return new Date(Math.round(ms)).toISOString().replace('.000Z', 'Z').replace(/:00Z$/, 'Z');
}

/** What the range button says. */
export function rangeLabel(range, now, zone) {
  const quick = range.to === 'now' && QUICK_RANGES.find(([from]) => from === range.from);
  if (quick) return quick[1];
  const named = CALENDAR_RANGES.find(([from, to]) => from === range.from && to === range.to);
  if (named) return named[2];
  if (range.to === 'now' && /^now-\d+[smhdwMy]$/.test(range.from)) return `Last ${range.from.slice(4)}`;
  if (isRelative(range.from) || isRelative(range.to)) return `${printed(range.from, now, zone)} \u2013 ${printed(range.to, now, zone)}`;
  try {
    const { from, to } = resolveRange(range, now, zone);
    return formatSpan(from, to, zone);
  } catch { return 'Invalid range'; }
}

function printed(expression, now, zone) {
  if (isRelative(expression)) return expression;
  try { return formatInstant(resolveInstant(expression, now, zone), zone, 'm'); } catch { return expression; }
}

/** The range of the same length just before (`direction` -1) or after (1); one that would reach the present follows it again. */
export function shiftRange(range, direction, now, zone) {
  const { from, to } = resolveRange(range, now, zone);
  const length = to - from;
  if (direction > 0 && to + length >= now) return follow(length) ?? absoluteRange(now - length, now);
  return absoluteRange(from + direction * length, to + direction * length);
}

function follow(length) {
  const quick = QUICK_RANGES.find(([from]) => Math.abs(approximateLength(from) - length) < 1000);
  if (quick) return { from: quick[0], to: 'now' };
  const seconds = Math.round(length / 1000);
  return seconds > 0 && seconds <= 999_999 ? { from: `now-${seconds}s`, to: 'now' } : null;
}

const UNIT_MS = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8, M: 2.6298e9, y: 3.15576e10 };

function approximateLength(from) {
  const match = /^now-(\d+)([smhdwMy])$/.exec(from);
  return match ? Number(match[1]) * UNIT_MS[match[2]] : Number.NaN;
}

/** A wider range around the same centre; a range that follows the clock keeps following it. At most ten years. */
export function zoomOut(range, now, zone) {
  const { from, to } = resolveRange(range, now, zone);
  const length = to - from;
  if (range.to === 'now') {
    const next = QUICK_RANGES.find(([expression]) => approximateLength(expression) > length * 1.05);
    if (next) return { from: next[0], to: 'now' };
  }
  const wider = Math.min(length * 2, 10 * UNIT_MS.y);
  const centre = (from + to) / 2;
  const end = Math.min(centre + wider / 2, Math.max(now, to));
  return absoluteRange(end - wider, end);
}

/** A range as text to copy, and back: JSON as Grafana writes it, or `from to`, `from..to`, or a link of this page. Null where it is none. */
export function rangeText({ from, to }) {
  return JSON.stringify({ from, to });
}

/** The range that a copied text means, `{from, to}`; null where it means none. Only its form is looked at: `resolveRange` judges it. */
export function parseRangeText(text) {
  const trimmed = text.trim();
  try {
    const { from, to } = JSON.parse(trimmed);
    if (typeof from === 'string' && typeof to === 'string') return { from, to };
  } catch { /* not JSON: one of the other forms */ }
  if (/^https?:/.test(trimmed)) {
    const parameters = new URLSearchParams(trimmed.slice(trimmed.indexOf('?') + 1));
    return parameters.has('from') ? { from: parameters.get('from'), to: parameters.get('to') ?? 'now' } : null;
  }
  const parts = trimmed.split(/\s*(?:\.\.|\u2013|\s-\s|\sto\s)\s*/);
  if (parts.length === 2 && parts[0] && parts[1]) return { from: parts[0], to: parts[1] };
  return RELATIVE.test(trimmed) ? { from: trimmed, to: 'now' } : null;
}

/** The ways to refresh on offer: by itself at a pace that suits the range, never, or at a set interval in milliseconds. */
export const REFRESH_CHOICES = [
  ['auto', 'By itself', null], ['off', 'Off', null], ['5s', 'Every 5 seconds', 5e3], ['10s', 'Every 10 seconds', 1e4], ['30s', 'Every 30 seconds', 3e4], ['1m', 'Every minute', 6e4],
  ['5m', 'Every 5 minutes', 3e5], ['15m', 'Every 15 minutes', 9e5], ['1h', 'Every hour', 3.6e6],
];

/** The interval in milliseconds that a choice means; null for one that has none. */
export function chosenInterval(refresh) {
  return REFRESH_CHOICES.find(([value]) => value === refresh)?.[2] ?? null;
}

/** Bucket widths on offer, shortest first: text for the API and milliseconds. Each divides the next day or is a calendar unit. */
const STEPS = [
  ['1s', 1e3], ['5s', 5e3], ['10s', 1e4], ['30s', 3e4], ['1m', 6e4], ['2m', 1.2e5], ['5m', 3e5], ['10m', 6e5], ['15m', 9e5], ['30m', 1.8e6],
  ['1h', 3.6e6], ['2h', 7.2e6], ['3h', 1.08e7], ['6h', 2.16e7], ['12h', 4.32e7], ['1d', 8.64e7], ['1w', 6.048e8], ['1M', 2.6298e9],
];

/** Buckets wanted of a chart: one per so many pixels, within limits, so that bars stay wide enough to hit and lines smooth enough to read. */
const PIXELS_PER_BUCKET = 5;
const BUCKETS_MIN = 30;
const BUCKETS_MAX = 180;

/** The bucket width for a span of `lengthMs` on a chart `pixels` wide: `{every, ms}`. */
export function chooseStep(lengthMs, pixels = 600) {
  const wanted = Math.min(BUCKETS_MAX, Math.max(BUCKETS_MIN, Math.floor(pixels / PIXELS_PER_BUCKET)));
  for (const [every, ms] of STEPS) {
    if (lengthMs / ms <= wanted) return { every, ms };
  }
  const [every, ms] = STEPS[STEPS.length - 1];
  return { every, ms };
}

/** `from` moved back to the start of its bucket, so that the first bucket is a whole one and no artefact. */
export function alignStart(from, step, zone) {
  if (step.every === '1M') return startOf(from, 'M', zone);
  if (step.every === '1w') return startOf(from, 'w', zone);
  if (step.every === '1d') return startOf(from, 'd', zone);
  return Math.floor(from / step.ms) * step.ms;
}

/** The range to compare with: the same length just before, or a day or a week earlier (`compare`: `period`, `day`, `week`). */
export function comparisonShift(lengthMs, compare) {
  const least = { period: lengthMs, day: UNIT_MS.d, week: UNIT_MS.w }[compare] ?? lengthMs;
  // A shift shorter than the range would compare a part of the range with itself.
  const unit = { day: UNIT_MS.d, week: UNIT_MS.w }[compare];
  return unit ? Math.ceil(lengthMs / unit) * unit : least;
}

/**
 * A resolved range whose ends that follow the clock stand on the next multiple of `stepMs`: all who look at the same range within a
 * step then ask for the same thing, which the server answers once. The step is far below what a pixel stands for.
 * @param {{from: string, to: string}} expressions  as in the URL: only ends that move with the clock are moved
 */
export function steppedRange(range, expressions, stepMs) {
  const step = (end) => (isRelative(expressions[end]) ? Math.ceil(range[end] / stepMs) * stepMs : range[end]);
  return { from: step('from'), to: step('to') };
}

/** Least milliseconds between two refreshes of a range of this length: short ranges live, long ones calm. */
export function refreshInterval(lengthMs) {
  if (lengthMs <= 3_660_000) return 1_000;
  if (lengthMs <= 6 * 3.61e6) return 5_000;
  if (lengthMs <= 8.7e7) return 10_000;
  if (lengthMs <= 6.1e8) return 30_000;
  return 60_000;
}
