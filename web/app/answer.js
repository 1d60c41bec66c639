// From an answer's columns and rows to what charts draw: buckets with their ends, one list of values per series, and for each
// series the filter that leads to its records. Pure.

import { nameOf } from './batch-plan.js';
import { fieldClause } from './filter-text.js';

/**
 * @typedef {object} Series
 * @property {string} name        what the legend says
 * @property {string|null} field  the grouping field, null where series are measures
 * @property {*} value            the group's value; null is absent, `_other` the rest
 * @property {string} measure
 * @property {string} clause      the filter of exactly this series' records, empty for all
 * @property {(number|null)[]} values  one per bucket
 */

/**
 * @typedef {object} Buckets
 * @property {number} from       start of the asked range, ms
 * @property {number} to         its end
 * @property {number[]} times    start of each bucket, oldest first
 * @property {number[]} ends     end of each bucket
 * @property {number} openIndex  first bucket that may still grow or is cut by the range's end; `times.length` when none is
 * @property {Series[]} series   in the answer's order
 */

/** What people call a value that is absent. */
export const NONE = '(none)';

/** A value of a field as words. `labels` may rename values. */
export function valueName(value, labels) {
  if (value === null || value === undefined) return labels?.null ?? NONE;
  if (value === '_other') return 'other';
  return labels?.[String(value)] ?? String(value);
}

/**
 * The buckets of a bucketed answer. `panel.query.by` names the grouping field (at most one), a measure's
 * `as` what its series is called, and `panel.options.per_second` turns counts and sums into rates over the part of the bucket that lies in the range:
 * so the first and the running bucket do not dip only because they are short.
 * @returns {Buckets}
 */
export function bucketsOf(answer, panel) {
  const from = Date.parse(answer.from);
  const to = Date.parse(answer.to);
  const field = panel.query.by?.[0] ?? null;
  const groupCount = field ? 1 : 0;
  const times = [...new Set(answer.rows.map((row) => row[0]))].sort((a, b) => a - b);
  const ends = endsOf(times, answer, to);
  const place = new Map(times.map((time, index) => [time, index]));
  const seconds = times.map((time, index) => Math.max(0.001, (Math.min(ends[index], to) - Math.max(time, from)) / 1000));
  const groups = new Map();
  for (const row of answer.rows) {
    const key = field ? row[1] : null;
    let columns = groups.get(key);
    if (!columns) groups.set(key, (columns = panel.query.measures.map(() => new Array(times.length).fill(null))));
    const index = place.get(row[0]);
    for (const [column, list] of columns.entries()) {
      const value = row[1 + groupCount + column];
      list[index] = panel.options.per_second && value !== null ? value / seconds[index] : value;
    }
  }
  const openFrom = answer.completeness?.open_from ? Date.parse(answer.completeness.open_from) : Infinity;
  // A bucket that the range's end cuts is as unfinished as one that the clock has not reached the end of.
  const open = times.findIndex((_, index) => ends[index] > Math.min(openFrom, to));
  const buckets = { from, to, times, ends, seconds, openIndex: open < 0 ? times.length : open, series: seriesOf(groups, field, panel) };
  if (isTooYoung(buckets)) for (const series of buckets.series) dropLast(series.values);
  return buckets;
}

/** A running bucket younger than this share of its width is not shown: a rate over two seconds or a percentile of three requests only flickers. */
const AGE_SHARE_MIN = 0.25;

function isTooYoung({ times, ends, seconds, openIndex }) {
  const last = times.length - 1;
  return last > 0 && openIndex === last && seconds[last] * 1000 < (ends[last] - times[last]) * AGE_SHARE_MIN;
}

// The first records ever are not hidden, young as their bucket is.
function dropLast(values) {
  if (values.slice(0, -1).some((value) => value)) values[values.length - 1] = null;
}

function endsOf(times, answer, to) {
  const step = answer.every_seconds ? answer.every_seconds * 1000 : times.length > 1 ? times[times.length - 1] - times[times.length - 2] : to - (times[0] ?? 0);
  return times.map((time, index) => times[index + 1] ?? time + step);
}

function seriesOf(groups, field, panel) {
  const named = [...groups.keys()].filter((value) => value !== null && value !== '_other');
  const all = [];
  for (const [value, columns] of groups) {
    for (const [index, values] of columns.entries()) {
      const measure = panel.query.measures[index];
      const label = valueName(nameOf(measure), panel.options.labels);
      const name = field ? valueName(value, panel.options.labels) + (columns.length > 1 ? ` ${label}` : '') : label;
      all.push({ name, field, value, measure, clause: both(field ? groupClause(field, value, named) : '', panel.drill?.where === undefined ? countedBy(measure) : ''), values, slot: index });
    }
  }
  return panel.options.sorted ? all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })) : all;
}

/** The filter inside `ratio(...)` and `count(...)`: what their figure counts; empty for other measures. */
export function countedBy(measure) {
  return /^(?:ratio|count)\((.*)\)(?:\sas\s\S+)?$/.exec(measure)?.[1] ?? '';
}

function both(a, b) {
  return a && b ? `${a} and ${b}` : a || b || '';
}

/** The filter of one group; `_other` is everything that has a value and is none of `named`. */
export function groupClause(field, value, named) {
  if (value !== '_other') return fieldClause(field, [value]);
  return named.length ? `not ${fieldClause(field, named)}` : '';
}

/** The rows of an answer without buckets as objects `{keys: [...], values: [...]}`. */
export function groupsOf(answer, groupCount) {
  return answer.rows.map((row) => ({ keys: row.slice(0, groupCount), values: row.slice(groupCount) }));
}

/** The figures of a legend: the last closed bucket, the mean over the range, the highest; null over no values. */
export function summary(values, buckets, weighted) {
  let last = null;
  let max = null;
  let sum = 0;
  let weight = 0;
  for (const [index, value] of values.entries()) {
    if (value === null || value === undefined) continue;
    // A running bucket counts only where there is nothing else: its value still moves.
    if (index >= buckets.openIndex && max > 0) break;
    last = value;
    if (max === null || value > max) max = value;
    const share = weighted ? buckets.seconds[index] : 1;
    sum += value * share;
    weight += share;
  }
  return { last, max, mean: weight ? sum / weight : null };
}

/** How a value stands against thresholds: `ok`, `warning` or `critical`; null where there is nothing to judge. */
export function levelOf(value, thresholds) {
  if (value === null || value === undefined || !thresholds) return null;
  const beyond = (limit) => limit !== undefined && (thresholds.below ? value < limit : value > limit);
  if (beyond(thresholds.critical)) return 'critical';
  return beyond(thresholds.warning) ? 'warning' : 'ok';
}
