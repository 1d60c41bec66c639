// From a panel's query to the query that is sent: the page's range and filter put in, buckets chosen for the chart's width,
// and the same again for the time to compare with. Pure.

import { both } from './filter-text.js';
import { alignStart, chooseStep, comparisonShift } from './time-range.js';

/**
 * What the page wants now.
 * @typedef {object} Wish
 * @property {{from: number, to: number}} range  ms
 * @property {string} zone
 * @property {string} where     the page's filter
 * @property {string} compare   `period`, `day` or `week`
 */

const DAY_MS = 86_400_000;

/** The query over the whole range. */
export function wholeQuery(query, wish) {
  return sent(query, wish.range, wish);
}

/** The query over the time to compare with. */
export function comparedQuery(query, wish) {
  return sent(query, comparedRange(wish), wish);
}

/** The query in buckets that suit a chart `pixels` wide. */
export function bucketQuery(query, wish, pixels) {
  const { range, every } = bucketRange(wish, pixels, query.every);
  return { ...sent(query, range, wish), every };
}

/** The bucketed query over the time to compare with, with the same number of buckets (one more or less on the calendar). */
export function comparedBucketQuery(query, wish, pixels) {
  const { range, every, ms } = bucketRange(wish, pixels, query.every);
  const least = comparisonShift(range.to - range.from, wish.compare);
  const shift = Math.ceil(least / ms) * ms;
  return { ...sent(query, { from: range.from - shift, to: range.to - shift }, wish), every };
}

function bucketRange({ range, zone }, pixels, fixed) {
  const step = fixed && fixed !== 'auto' ? {
    every: fixed,
    ms: { '1h': 3_600_000, '1d': DAY_MS }[fixed] ?? 60_000,
  } : chooseStep(range.to - range.from, pixels);
  return { range: { from: alignStart(range.from, step, zone), to: range.to }, every: step.every, ms: step.ms };
}

/** The range to compare with. */
export function comparedRange({ range, compare }) {
  const shift = comparisonShift(range.to - range.from, compare);
  return { from: range.from - shift, to: range.to - shift };
}

/** At least the last `days` days of the range: for figures that need a week to say anything. */
export function atLeastDays(wish, days) {
  return { ...wish, range: { from: Math.min(wish.range.from, wish.range.to - days * DAY_MS), to: wish.range.to } };
}

function sent(query, range, wish) {
  const { measures, by, limit, offset, other, order } = query;
  const where = both(wish.where, query.where ?? '');
  return {
    from: new Date(Math.round(range.from)).toISOString(), to: new Date(Math.round(range.to)).toISOString(), time_zone: wish.zone, measures,
    ...(by?.length && { by }), ...(where && { where }), ...(limit && { limit }), ...(offset && { offset }), ...(other && { other }), ...(order && { order }),
  };
}
