// Where a time axis has its marks, and what they say, in any time zone: round wall-clock times, days by name. Pure.

import { add, calendar, formatClock, formatDay, startOf } from '../zone.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Steps on offer: unit, amount, length in milliseconds. */
const STEPS = [
  ['s', 1, 1e3], ['s', 5, 5e3], ['s', 10, 1e4], ['s', 30, 3e4], ['m', 1, MINUTE], ['m', 2, 2 * MINUTE], ['m', 5, 5 * MINUTE], ['m', 10, 10 * MINUTE],
  ['m', 15, 15 * MINUTE], ['m', 30, 30 * MINUTE], ['h', 1, HOUR], ['h', 2, 2 * HOUR], ['h', 3, 3 * HOUR], ['h', 6, 6 * HOUR], ['h', 12, 12 * HOUR],
  ['d', 1, DAY], ['d', 2, 2 * DAY], ['w', 1, 7 * DAY], ['w', 2, 14 * DAY], ['M', 1, 30.4 * DAY], ['M', 3, 91.3 * DAY], ['y', 1, 365.25 * DAY],
];

/** At most `countMax` marks between `from` and `to`: `{ms, label, strong}`, where `strong` marks the change of day. */
export function timeTicks(from, to, countMax, zone) {
  const [unit, amount, length] = STEPS.find((step) => (to - from) / step[2] <= Math.max(1, countMax)) ?? STEPS[STEPS.length - 1];
  const ticks = [];
  for (let ms = firstTick(from, unit, amount, zone); ms <= to; ms = next(ms, unit, amount, zone)) {
    if (ms >= from) ticks.push({ ms, ...labelOf(ms, length, zone) });
  }
  return ticks;
}

function firstTick(from, unit, amount, zone) {
  if (unit === 's' || unit === 'm') return Math.floor(from / (amount * (unit === 's' ? 1e3 : MINUTE))) * amount * (unit === 's' ? 1e3 : MINUTE);
  if (unit === 'h') return startOf(from, 'd', zone);
  if (unit === 'M' && amount === 3) return startOf(from, 'y', zone);
  return startOf(from, unit, zone);
}

function next(ms, unit, amount, zone) {
  if (unit !== 'h') return add(ms, amount, unit, zone);
  // Hours start anew each day, so that marks stay on round wall-clock hours across clock changes.
  const following = add(ms, amount, 'h', zone);
  const midnight = startOf(add(startOf(ms, 'd', zone), 1, 'd', zone), 'd', zone);
  return Math.min(following, midnight);
}

function labelOf(ms, length, zone) {
  const c = calendar(ms, zone);
  if (length >= 28 * DAY) return { label: c.month === 1 ? String(c.year) : formatDay(ms, zone).split(' ')[1], strong: c.month === 1 };
  const midnight = c.hour === 0 && c.minute === 0 && c.second === 0;
  if (length >= DAY) return { label: formatDay(ms, zone), strong: false };
  if (midnight) return { label: formatDay(ms, zone), strong: true };
  return { label: formatClock(ms, zone, length < MINUTE), strong: false };
}
