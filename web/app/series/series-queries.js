// What a panel over series asks: its expressions with times and variables put in, at instants that suit the chart's width. Pure.

import { chooseStep } from '../explore/series.js';
import { comparisonShift } from '../time-range.js';
import { filledIn } from './expression.js';

/** Instants closer together than samples are would only repeat them. */
const STEP_SECONDS_MIN = 15;
/** Series that a panel is sent at most: more than any chart draws. */
const SERIES_MAX = 200;

/** Seconds between the instants of a chart `pixels` wide. */
export function stepSeconds({ from, to }, pixels) {
  return Math.max(STEP_SECONDS_MIN, chooseStep(to - from, pixels));
}

/** The text of an expression for the page's range and variables. */
export function askedText(expr, wish, everySeconds) {
  const { from, to } = wish.range;
  return filledIn(expr, { everySeconds, rangeSeconds: (to - from) / 1000, variables: wish.variables ?? {} });
}

/** The expression at instants over the range. */
export function rangeQuestion({ expr }, wish, pixels, seriesMax = SERIES_MAX) {
  const step = stepSeconds(wish.range, pixels);
  return { promql: askedText(expr, wish, step), every: `${step}s`, ...times(wish.range), series_max: seriesMax };
}

/** The expression once, at the range's end. */
export function instantQuestion({ expr }, wish, pixels, seriesMax = SERIES_MAX) {
  return { promql: askedText(expr, wish, stepSeconds(wish.range, pixels)), ...times(wish.range), series_max: seriesMax };
}

/** The wish moved to the time that the page compares with. */
export function comparedWish(wish) {
  const { from, to } = wish.range;
  const shift = comparisonShift(to - from, wish.compare);
  return { ...wish, range: { from: from - shift, to: to - shift } };
}

function times({ from, to }) {
  return { from: new Date(Math.round(from)).toISOString(), to: new Date(Math.round(to)).toISOString() };
}

const lastAsked = new WeakMap();

/** Remembers what was asked for a panel, and gives it back: charts need the text of an expression to say what is behind its points. */
export function remembered(spec, questions) {
  lastAsked.set(spec, questions);
  return questions;
}

/** What was asked for a panel last. */
export function askedFor(spec) {
  return lastAsked.get(spec) ?? [];
}
