// From answers about series (`POST /api/v1/panels/query` with `promql`) to the buckets that charts draw (answer.js). Pure.

import { groupClause } from '../answer.js';
import { namesOf, numberOf } from '../explore/series.js';

/** Series drawn at most; more would not be told apart. */
export const DRAWN_MAX = 60;

/** Labels of series that mean a field of requests: their values have the field's colours and can be filtered by. */
const FIELD_OF_LABEL = {
  provider: 'provider', gen_ai_provider_name: 'provider', model: 'model', gen_ai_request_model: 'model', client: 'client', tenant: 'client', team: 'team', error_type: 'error_type', route: 'route',
};

/** The field of requests that a label means, null where it means none. */
export function fieldOfLabel(label) {
  return FIELD_OF_LABEL[label] ?? null;
}

/** The name of a series by a legend such as `{{provider}} in`; a label that it lacks is left out. */
export function legendName(legend, labels) {
  return legend.replace(/\{\{\s*([\w.:]+)\s*\}\}/g, (_, label) => labels[label] ?? '').replace(/\s+/g, ' ').trim();
}

/** The label that names the series of a legend, where one label alone does: `{{provider}}`. */
function labelOfLegend(legend) {
  return /^\s*\{\{\s*([\w.:]+)\s*\}\}\s*$/.exec(legend ?? '')?.[1];
}

/** A value of the API as a number, null where it is none that can be drawn. */
export function drawable(value) {
  if (value === null || value === undefined) return null;
  const number = typeof value === 'string' ? numberOf(value) : value;
  return Number.isFinite(number) ? number : null;
}

/**
 * The series of several expressions' answers in one list: `{name, labels, expression, values}`, where `expression` is the position of the
 * question. Names come from the legend, from what tells the series apart, or from the expression's position.
 */
export function seriesOf(answers, expressions) {
  return answers.flatMap((answer, index) => {
    if (!answer?.series) return [];
    const { legend } = expressions[index] ?? {};
    const telling = namesOf(answer.series.map((series) => series.labels));
    return answer.series.map((series, at) => {
      const name = legend ? legendName(legend, series.labels) : telling[at];
      return { name: name || '(none)', labels: series.labels, expression: index, values: series.values.map(drawable), label: labelOfLegend(legend) ?? onlyLabel(series.labels) };
    });
  });
}

function onlyLabel(labels) {
  const names = Object.keys(labels).filter((name) => name !== '__name__');
  return names.length === 1 ? names[0] : undefined;
}

/**
 * The buckets of the answers: a value stands for the instant at which it was computed, in the middle of its slot. Times of several answers are
 * put together; the largest series first unless `options.keep_order` or `options.sorted`.
 * @returns {import('../answer.js').Buckets & {total: number}}
 */
export function seriesBuckets(answers, spec) {
  const first = answers.find((answer) => answer?.times);
  const stepMs = (first?.every_seconds ?? 60) * 1000;
  const instants = [...new Set(answers.flatMap((answer) => answer?.times ?? []))].sort((a, b) => a - b);
  const place = new Map(instants.map((time, index) => [time, index]));
  const series = seriesOf(answers, spec.promql).map(({ name, labels, expression, values, label }) => {
    const field = label ? fieldOfLabel(label) : null;
    const spread = new Array(instants.length).fill(null);
    for (const [at, value] of values.entries()) spread[place.get(answers[expression].times[at])] = value;
    return {
      name: spec.options.labels?.[name] ?? name, metric: labels, expression, field, value: field ? labels[label] ?? null : name, measure: spec.promql[expression].expr, clause: field ? groupClause(field, labels[label] ?? null, []) : '', values: spread, slot: expression,
    };
  });
  const times = instants.map((time) => time - stepMs / 2);
  return {
    from: Date.parse(first?.from ?? 0), to: Date.parse(first?.to ?? 0), times, ends: instants.map((time) => time + stepMs / 2), instants, seconds: instants.map(() => stepMs / 1000),
    openIndex: instants.length, series: unique(inOrder(series, spec.options)).slice(0, DRAWN_MAX), total: answers.reduce((sum, answer) => sum + (answer?.series_total ?? 0), 0),
  };
}

function inOrder(series, options) {
  if (options.sorted) return [...series].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  if (options.keep_order) return series;
  const size = new Map(series.map((item) => [item, Math.max(...item.values.map((value) => value ?? -Infinity))]));
  // Series of one expression compete with each other, not with those of another.
  return [...series].sort((a, b) => a.expression - b.expression || size.get(b) - size.get(a));
}

function unique(series) {
  const seen = new Map();
  return series.map((item) => {
    const times = (seen.get(item.name) ?? 0) + 1;
    seen.set(item.name, times);
    return times === 1 ? item : { ...item, name: `${item.name} (${times})` };
  });
}

/** The newest value of each series of an answer: `{labels, value}`, null where it has none. */
export function newestValues(answer) {
  return (answer?.series ?? []).map(({ labels, values }) => ({ labels, value: drawable(values[values.length - 1]) }));
}
