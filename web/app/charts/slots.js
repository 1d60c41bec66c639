// Histograms as the server answers them: counts between ascending bounds. Which part of them is worth drawing, the filter of
// exactly the records of one slot, and where values lie on a logarithmic axis of slots. Pure.

import { format } from '../format.js';

/**
 * @typedef {object} Slot
 * @property {number|null} low   exclusive, null for the first
 * @property {number|null} high  inclusive, null for what lies above all bounds
 */

/** The measure of a field's histogram, with `bounds` of one's own or the server's. */
export function histogramMeasure(field, bounds) {
  return bounds?.length ? `histogram(${field}, ${bounds.join(', ')})` : `histogram(${field})`;
}

/** The bounds of a histogram's column. */
export function boundsOf(answer, index) {
  return answer.columns[index].bounds;
}

/**
 * The slots that hold something in any of `rows` (lists of counts), those between them, and one more on each side; neighbours put
 * together where there are more than `slotsMax`. `{slots, rows}`: rows as given, cut and added up alike.
 */
export function occupiedSlots(bounds, rows, slotsMax) {
  const slots = [...bounds, null].map((high, index) => ({ low: index ? bounds[index - 1] : null, high }));
  const holds = (index) => rows.some((row) => row[index] > 0);
  let first = slots.findIndex((_, index) => holds(index));
  if (first < 0) return { slots: [], rows: rows.map(() => []) };
  let last = slots.length - 1;
  while (!holds(last)) last -= 1;
  first = Math.max(0, first - 1);
  last = Math.min(slots.length - 1, last + 1);
  const each = Math.ceil((last - first + 1) / Math.max(1, slotsMax));
  const cut = (list, join) => {
    const result = [];
    for (let at = first; at <= last; at += each) result.push(join(list.slice(at, Math.min(at + each, last + 1))));
    return result;
  };
  return {
    slots: cut(slots, (part) => ({ low: part[0].low, high: part[part.length - 1].high })),
    rows: rows.map((row) => cut(row, (part) => part.reduce((sum, count) => sum + count, 0))),
  };
}

/** The filter of exactly the records whose `field` lies in a slot. */
export function slotClause(field, { low, high }) {
  return [low !== null && `${field} > ${low}`, high !== null && `${field} <= ${high}`].filter(Boolean).join(' and ');
}

/** What a slot is called: `2 s – 2.5 s`, `up to 10 ms`, `above 1,000 s`. */
export function slotName({ low, high }, unit) {
  if (low === null) return `up to ${format(high, unit)}`;
  return high === null ? `above ${format(low, unit)}` : `${format(low, unit)} \u2013 ${format(high, unit)}`;
}

/** Where `value` lies on an axis on which slot i reaches from i to i + 1, by its logarithm within the slot; kept on the axis. */
export function slotPosition(slots, value) {
  const index = slots.findIndex(({ high }) => high === null || value <= high);
  if (index < 0) return slots.length;
  const { low, high } = slots[index];
  if (low === null || high === null || low <= 0) return value >= (high ?? Infinity) ? index + 1 : index + 0.5;
  return index + Math.max(0, Math.log(value / low) / Math.log(high / low));
}

/** Marks of such an axis, at most `countMax` and evenly spaced: `{at, value}` at bounds of slots, round ones (1, 2, 5) where they fit. */
export function slotMarks(slots, countMax) {
  const all = slots.slice(0, -1).map(({ high }, index) => ({ at: index + 1, value: high }));
  const digits = (value) => Number(value.toExponential(1).split('e')[0]);
  for (const wanted of [[1, 2, 5], [1, 5], [1]]) {
    const round = all.filter(({ value }) => wanted.includes(digits(value)));
    if (round.length >= 2 && round.length <= countMax) return round;
  }
  const step = Math.ceil(all.length / Math.max(1, countMax));
  return all.filter((_, index) => index % step === 0);
}

/**
 * Steps of shade for counts from 1 to `most`: by the logarithm, because a slot of few slow requests matters as much as one of
 * many quick ones. Ascending lowest counts of steps 1 to `stepCount` without repetition; step 0 is a count of 0.
 */
export function shadeSteps(most, stepCount) {
  const starts = [];
  for (let step = 0; step < stepCount; step += 1) {
    const start = Math.max(1, Math.ceil((1 + most) ** (step / stepCount)));
    if (start <= most && start !== starts[starts.length - 1]) starts.push(start);
  }
  return starts;
}

/** The step of a count: 0 for none, else the last of ``shadeSteps`` that is not above it, from 1. */
export function shadeStep(count, starts) {
  let step = 0;
  while (step < starts.length && starts[step] <= count) step += 1;
  return step;
}
