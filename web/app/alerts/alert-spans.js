// When alerts fired in a range, asked once for all charts of the page.

import { rangeQuery } from '../explore/prometheus-api.js';
import { spansOf } from './model.js';

/** Instants asked for over the range: a chart has no more pixels for them. */
const INSTANTS = 600;
/** Evaluations are not closer together than this many seconds. */
const STEP_MIN = 5;
/** Answers are shared by charts that ask within this time. */
const KEPT_MS = 4_000;

const kept = new Map();

/** Alerts with the spans in which they fired; with `pending` also those in which they were about to. */
export function alertSpans({ from, to }, pending = false) {
  const step = Math.max(STEP_MIN, Math.ceil((to - from) / 1000 / INSTANTS / STEP_MIN) * STEP_MIN);
  const key = `${Math.floor(from / 1000 / step)} ${Math.floor(to / 1000 / step)} ${pending}`;
  const known = kept.get(key);
  if (known && Date.now() - known.at < KEPT_MS) return known.answer;
  const start = Math.ceil(from / 1000 / step) * step;
  const grid = { start: start * 1000, end: Math.max(start, Math.floor(to / 1000 / step) * step) * 1000, step };
  const answer = rangeQuery(pending ? 'ALERTS' : 'ALERTS{alertstate="firing"}', grid).then(({ data }) => spansOf(data.result, step));
  kept.clear();
  kept.set(key, { at: Date.now(), answer });
  return answer;
}
