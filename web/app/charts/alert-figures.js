// How often rules fired, how long, and how restless they were, from the series that alerts leave behind. Pure.

import { SEVERITIES } from '../alerts/model.js';

/** Between two firings of an alert passed at most this long: then it flaps. */
const FLAP_MS = 60 * 60_000;

/**
 * Per rule, most firings first: `{name, severity, firings, firing (ms), longest (ms), flaps, alerts}`. A flap is a firing that began within an hour of
 * the same alert's last end. `alerts` are those of spansOf (alerts/model.js).
 */
export function firingsByRule(alerts) {
  const rules = new Map();
  for (const alert of alerts) {
    const spans = alert.spans.filter((span) => span.state === 'firing');
    if (spans.length === 0) continue;
    const rule = rules.get(alert.name) ?? { name: alert.name, severity: alert.severity, firings: 0, firing: 0, longest: 0, flaps: 0, alerts: 0 };
    if (SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(rule.severity)) rule.severity = alert.severity;
    rule.alerts += 1;
    for (const [index, span] of spans.entries()) {
      rule.firings += 1;
      rule.firing += span.to - span.from;
      rule.longest = Math.max(rule.longest, span.to - span.from);
      if (index > 0 && span.from - spans[index - 1].to <= FLAP_MS) rule.flaps += 1;
    }
    rules.set(alert.name, rule);
  }
  return [...rules.values()].sort((a, b) => b.firings - a.firings || b.firing - a.firing || (a.name < b.name ? -1 : 1));
}

/** An answer about series as the Prometheus API gives a matrix, which spansOf reads. */
export function matrixOf(answer) {
  return (answer?.series ?? []).map(({ labels, values }) => ({
    metric: labels, values: values.map((value, index) => [answer.times[index] / 1000, value]).filter(([, value]) => value !== null && value !== undefined),
  }));
}
