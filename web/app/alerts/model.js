// Alerts, silences and their times as the page shows them, from the answers of the Prometheus and Alertmanager APIs. Pure.

/** Worst first; what is not named here comes after them. */
export const SEVERITIES = ['critical', 'warning', 'info'];

/** How bad a severity is, 0 the worst. Words of other people's rules are mapped to ours. */
export function severityOf(labels) {
  const word = String(labels?.severity ?? '').toLowerCase();
  if (['critical', 'page', 'error', 'high', 'emergency', 'fatal'].includes(word)) return 'critical';
  if (['info', 'informational', 'none', 'low', 'debug'].includes(word)) return 'info';
  return 'warning';
}

/** What identifies an alert: its labels, in a fixed order. */
export function identity(labels) {
  return JSON.stringify(Object.entries(labels).filter(([name]) => name !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * One list of alerts from the rules' (`/api/v1/alerts`, with value, state and rule) and routing's (`/api/v2/alerts`, with what keeps them
 * from being told); worst and newest first. Alerts that others posted have no rule behind them.
 */
export function mergeAlerts(active, routed) {
  const byIdentity = new Map();
  for (const { labels, annotations = {}, state, activeAt, value, threshold = null, group = null, file = null, query = null } of active ?? []) {
    byIdentity.set(identity(labels), {
      ...named(labels, annotations), state, since: Date.parse(activeAt), value: value === undefined ? null : Number(value), threshold, group, file, query,
    });
  }
  for (const { labels, annotations = {}, startsAt, fingerprint, generatorURL, receivers = [], status = {} } of routed ?? []) {
    const key = identity(labels);
    const known = byIdentity.get(key) ?? {
      ...named(labels, annotations), state: 'firing', since: Date.parse(startsAt), value: null, threshold: null, group: null, file: null, query: null,
    };
    byIdentity.set(key, {
      ...known, fingerprint, source: generatorURL, receivers: receivers.map((receiver) => receiver.name),
      silencedBy: status.silencedBy ?? [], inhibitedBy: status.inhibitedBy ?? [], mutedBy: status.mutedBy ?? [],
    });
  }
  return [...byIdentity.values()].sort((a, b) => order(a) - order(b) || b.since - a.since || (a.id < b.id ? -1 : 1));
}

function named(labels, annotations) {
  return { id: identity(labels), name: labels.alertname ?? 'alert', labels, annotations, severity: severityOf(labels) };
}

function order(alert) {
  return SEVERITIES.indexOf(alert.severity) + (alert.state === 'pending' ? 10 : 0) + (isQuiet(alert) ? 20 : 0);
}

/** Whether something keeps an alert from being told. */
export function isQuiet(alert) {
  return Boolean(alert.silencedBy?.length || alert.inhibitedBy?.length || alert.mutedBy?.length);
}

/** Firing alerts per severity, pending ones, and those that are kept quiet. */
export function countAlerts(alerts) {
  const counts = { critical: 0, warning: 0, info: 0, pending: 0, quiet: 0 };
  for (const alert of alerts) {
    if (isQuiet(alert)) counts.quiet += 1;
    else if (alert.state === 'pending') counts.pending += 1;
    else counts[alert.severity] += 1;
  }
  return counts;
}

/** Labels that tell one alert of a name from another. */
export function tellingLabels(labels) {
  return Object.entries(labels).filter(([name]) => !['alertname', 'severity', '__name__', 'alertstate'].includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * When series of `ALERTS` were there: per alert the spans in which it had samples, an end being one step after the last of them.
 * @param {{metric: Object<string, string>, values: [number, string][]}[]} matrix  @param {number} step  seconds
 */
export function spansOf(matrix, step) {
  const alerts = new Map();
  for (const { metric, values } of matrix) {
    const { __name__, alertstate, ...labels } = metric;
    const key = identity(labels);
    if (!alerts.has(key)) alerts.set(key, { name: labels.alertname, labels, severity: severityOf(labels), spans: [] });
    const { spans } = alerts.get(key);
    let open = null;
    for (const [time] of values) {
      if (open && time - open.last <= step * 1.5) open.last = time;
      else { open = { first: time, last: time, state: alertstate }; spans.push(open); }
    }
  }
  return [...alerts.values()].map((alert) => ({
    ...alert, spans: alert.spans.map(({ first, last, state }) => ({ from: first * 1000, to: (last + step) * 1000, state })).sort((a, b) => a.from - b.from),
  }));
}

/** Spans of all alerts of one name together, as rows of a timeline; worst names first. */
export function timelineRows(alerts) {
  const rows = new Map();
  for (const alert of alerts) {
    const row = rows.get(alert.name) ?? { name: alert.name, severity: alert.severity, spans: [], firing: 0 };
    if (SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(row.severity)) row.severity = alert.severity;
    for (const span of alert.spans) {
      row.spans.push({ ...span, labels: alert.labels, severity: alert.severity });
      if (span.state === 'firing') row.firing += span.to - span.from;
    }
    rows.set(alert.name, row);
  }
  return [...rows.values()].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.firing - a.firing || (a.name < b.name ? -1 : 1));
}

/** Matchers of a silence for exactly one alert. */
export function matchersOf(labels) {
  return Object.entries(labels).sort(([a], [b]) => (a === 'alertname' ? -1 : b === 'alertname' ? 1 : a < b ? -1 : 1)).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
}

/** A matcher as people write it: `provider="openai"`, `model!~"gpt.*"`. */
export function matcherText({ name, value, isRegex, isEqual }) {
  return `${name}${isEqual === false ? '!' : isRegex ? '=' : ''}${isRegex ? '~' : '='}${JSON.stringify(value)}`;
}

/** Matchers from what was typed: separated by commas or line ends, values quoted or bare. Throws SyntaxError naming the one that cannot be read. */
export function parseMatchers(text) {
  const matchers = [];
  const pattern = /\s*([A-Za-z_][\w.:]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^,\n"]*)\s*(?:,|\n|$)/y;
  const trimmed = text.trim().replace(/^\{|\}$/g, '').trim();
  while (pattern.lastIndex < trimmed.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(trimmed);
    if (!match) throw new SyntaxError(`"${trimmed.slice(from).split(/[,\n]/)[0].trim()}" is no matcher: write name="value", name!="value", name=~"pattern" or name!~"pattern"`);
    const [, name, operator, quoted] = match;
    const value = quoted.startsWith('"') ? JSON.parse(quoted) : quoted.trim();
    matchers.push({ name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') });
  }
  return matchers;
}

/** Whether a silence's matchers all match labels. Patterns match whole values, as Alertmanager's do. */
export function matches(matchers, labels) {
  return matchers.length > 0 && matchers.every(({ name, value, isRegex, isEqual }) => {
    const found = labels[name] ?? '';
    let hit;
    try { hit = isRegex ? new RegExp(`^(?:${value})$`).test(found) : found === value; } catch { hit = false; }
    return hit === (isEqual !== false);
  });
}
