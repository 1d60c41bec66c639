// Why a panel over series is empty: its metric has never been sent, and what must be connected for it; or it has no value in this range.

import { fetchMetrics } from '../explore/prometheus-api.js';
import { h, replace } from '../dom.js';
import { metricsOf } from './expression.js';

/** Names of metrics are asked again after this time: a source may have been connected meanwhile. */
const KEPT_MS = 60_000;

let names = null;
let askedAt = 0;

function knownMetrics() {
  if (!names || Date.now() - askedAt > KEPT_MS) {
    askedAt = Date.now();
    names = fetchMetrics().then((list) => new Set(list));
    names.catch(() => { names = null; });
  }
  return names;
}

/** The names of the metrics that a panel reads. */
export function metricsOfPanel(panel) {
  return [...new Set([...panel.promql ?? [], ...(panel.options.columns ?? []).filter((column) => column.expr)].flatMap(({ expr }) => metricsOf(expr)))];
}

/** What stands in a panel over series that has nothing to draw. */
export function seriesNotice(panel) {
  const box = h('div', {}, h('p', {}, panel.empty ?? 'No values in this range.'));
  knownMetrics()?.then((known) => {
    const metrics = metricsOfPanel(panel);
    const missing = metrics.filter((name) => !known.has(name));
    // What is divided by something that nobody sends has no value either; where a panel does not say what it needs, only all of them missing tells.
    if (panel.needs ? missing.length === 0 : missing.length < metrics.length || panel.empty) return;
    replace(box, h('strong', {}, 'Not connected yet'), h('p', { class: 'muted' }, panel.needs ?? `Nothing has ever sent ${missing.join(' or ')}: scrape or write it.`));
  }).catch(() => { /* the plain words stay */ });
  return h('div', { class: 'notice notice-empty' }, box);
}
