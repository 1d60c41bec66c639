// From an answer of the Prometheus API to what charts and tables draw. Pure.

import { seriesText } from './promql-text.js';

/** Series drawn at most: more lines would not be told apart, and would make the page slow. The table shows more. */
export const DRAWN_MAX = 60;

/** Points wanted of a chart: one for so many pixels. */
const PIXELS_PER_POINT = 4;
const POINTS_MIN = 60;
const POINTS_MAX = 500;

/** Steps that people read easily, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800];

/** The step in seconds for a range of `lengthMs` on a chart `pixels` wide. */
export function chooseStep(lengthMs, pixels) {
  const wanted = Math.min(POINTS_MAX, Math.max(POINTS_MIN, Math.floor(pixels / PIXELS_PER_POINT)));
  return STEPS.find((step) => lengthMs / 1000 / step <= wanted) ?? STEPS[STEPS.length - 1];
}

/** The instants of a range query: both ends at multiples of the step, so that points stay where they are while the range moves on. */
export function gridOf({ from, to }, step) {
  const ms = step * 1000;
  return { start: Math.ceil(from / ms) * ms, end: Math.floor(to / ms) * ms, step };
}

/** A value of the API as a number: `NaN`, `+Inf` and `-Inf` are words there. */
export function numberOf(text) {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}

/** What all series have in common is said once; what tells them apart names them. */
export function namesOf(metrics) {
  if (metrics.length < 2) return metrics.map(seriesText);
  const labels = new Set(metrics.flatMap((metric) => Object.keys(metric)));
  const common = [...labels].filter((label) => metrics.every((metric) => metric[label] === metrics[0][label]));
  return metrics.map((metric) => {
    const telling = Object.fromEntries(Object.entries(metric).filter(([label]) => !common.includes(label)));
    const entries = Object.entries(telling);
    // One label that differs needs no name: `gpt-4o` says it.
    return entries.length === 1 && labels.size - common.length === 1 ? entries[0][1] : seriesText(telling);
  });
}

/**
 * The model of a chart (of answer.js) from the rows of a matrix; the largest series first, at most ``DRAWN_MAX``.
 * A point stands for the instant at which the expression was evaluated, in the middle of its slot.
 */
export function chartModel(result, { start, end, step }) {
  const ms = step * 1000;
  const count = Math.max(0, Math.floor((end - start) / ms) + 1);
  const times = Array.from({ length: count }, (_, index) => start + index * ms - ms / 2);
  const rows = result.map((row) => ({ metric: row.metric, values: valuesOf(row, start, ms, count) }));
  const ranked = rows.map((row) => ({ ...row, size: Math.max(...row.values.map((value) => (value === null ? -Infinity : value))) }));
  const drawn = ranked.sort((a, b) => b.size - a.size).slice(0, DRAWN_MAX);
  const names = unique(namesOf(drawn.map((row) => row.metric)));
  return {
    from: start, to: end, times, ends: times.map((time) => time + ms), seconds: times.map(() => step), openIndex: count, total: result.length,
    series: drawn.map((row, index) => ({ name: names[index], metric: row.metric, field: null, value: null, clause: '', values: row.values })),
  };
}

function unique(names) {
  const seen = new Map();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

// What is not a number cannot be drawn; it is a gap in the line and stands in the table.
function valuesOf(row, start, ms, count) {
  const values = new Array(count).fill(null);
  for (const [time, text] of row.values ?? []) {
    const value = numberOf(text);
    const index = Math.round((time * 1000 - start) / ms);
    if (Number.isFinite(value) && index >= 0 && index < count) values[index] = value;
  }
  return values;
}

/** The rows of a table from any instant answer: `{metric, value, time}`, the values as the server wrote them. */
export function tableRows({ resultType, result }) {
  switch (resultType) {
    case 'scalar': case 'string': return [{ metric: {}, value: result[1], time: result[0] }];
    case 'vector': return result.map((row) => ({ metric: row.metric, ...sampleOf(row) }));
    default: return result.map((row) => {
      const values = row.values ?? [];
      const last = values[values.length - 1] ?? row.histograms?.[row.histograms.length - 1];
      return { metric: row.metric, value: `${values.length + (row.histograms?.length ?? 0)} samples`, time: last?.[0] };
    });
  }
}

function sampleOf(row) {
  if (row.value) return { time: row.value[0], value: row.value[1] };
  const [time, histogram] = row.histogram;
  return { time, value: `histogram: count ${histogram.count}, sum ${histogram.sum}`, histogram };
}

/** Units to choose from: a unit of format.js and what people call it. */
export const UNITS = [['auto', 'Unit: by the query'], ['1', 'Number'], ['s', 'Seconds'], ['By', 'Bytes'], ['ratio', 'Per cent'], ['USD', 'Dollars'], ['req/s', 'Per second']];

/** The unit of an expression's values as far as its text tells: quantiles of durations are seconds. */
export function unitOf(expression) {
  return /^\s*histogram_quantile\s*\([^]*_seconds(?:_bucket)?\b/.test(expression) ? 's' : '1';
}
