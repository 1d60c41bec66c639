import test from 'node:test';
import assert from 'node:assert/strict';
import { filterOfLabels } from '../app/alerts/alert-filter.js';
import { countAlerts, identity, matcherText, matches, matchersOf, mergeAlerts, parseMatchers, severityOf, spansOf, tellingLabels, timelineRows } from '../app/alerts/model.js';

const labels = (more) => ({ alertname: 'HighErrorRate', severity: 'critical', ...more });
const active = [
  { labels: labels({ provider: 'a' }), annotations: { summary: 's' }, state: 'firing', activeAt: '2026-03-05T16:00:00Z', value: '7.2e-02', threshold: { comparison: '>', limit: 0.05 }, group: 'g', file: 'f' },
  { labels: { alertname: 'Lag', severity: 'warning' }, state: 'pending', activeAt: '2026-03-05T16:01:00Z', value: '1e+00' },
];
const routed = [
  { labels: labels({ provider: 'a' }), startsAt: '2026-03-05T16:00:05Z', fingerprint: 'f1', receivers: [{ name: 'team' }], status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] } },
  { labels: { alertname: 'Other' }, startsAt: '2026-03-05T15:00:00Z', fingerprint: 'f2', receivers: [], status: { state: 'suppressed', silencedBy: ['s1'], inhibitedBy: [], mutedBy: [] } },
];

test('an alert of a rule and the same alert in routing are one', () => {
  const alerts = mergeAlerts(active, routed);
  assert.deepEqual(alerts.map((alert) => alert.name), ['HighErrorRate', 'Lag', 'Other']);
  assert.equal(alerts[0].fingerprint, 'f1');
  assert.equal(alerts[0].value, 0.072);
  assert.deepEqual(alerts[0].receivers, ['team']);
  assert.deepEqual(countAlerts(alerts), { critical: 1, warning: 0, info: 0, pending: 1, quiet: 1 });
});

test('the order of labels does not make another alert', () => {
  assert.equal(identity({ a: '1', b: '2' }), identity({ b: '2', a: '1' }));
});

test('severities of other people are one of three', () => {
  assert.deepEqual(['page', 'CRITICAL', 'ticket', 'none', undefined].map((severity) => severityOf({ severity })), ['critical', 'critical', 'warning', 'info', 'warning']);
});

test('spans end one step after their last sample and part where samples are missing', () => {
  const metric = { __name__: 'ALERTS', alertstate: 'firing', alertname: 'X', severity: 'info' };
  const [alert] = spansOf([{ metric, values: [[0, '1'], [10, '1'], [20, '1'], [60, '1']] }], 10);
  assert.deepEqual(alert.spans, [{ from: 0, to: 30_000, state: 'firing' }, { from: 60_000, to: 70_000, state: 'firing' }]);
  const [row] = timelineRows([alert]);
  assert.equal(row.firing, 40_000);
});

test('matchers are read as they are written', () => {
  const text = 'alertname="High \\"x\\"", provider=~"a|b"\nmodel!=gpt, client!~"batch-.*"';
  const matchers = parseMatchers(text);
  assert.deepEqual(matchers.map((matcher) => matcher.name), ['alertname', 'provider', 'model', 'client']);
  assert.deepEqual(parseMatchers(matchers.map(matcherText).join('\n')), matchers);
  assert.deepEqual(parseMatchers(`{${matchers.map(matcherText).join(',')}}`), matchers);
  assert.throws(() => parseMatchers('provider'), /"provider" is no matcher/);
  assert.deepEqual(parseMatchers('  '), []);
});

test('patterns match whole values, and an absent label is empty', () => {
  assert.ok(matches(parseMatchers('provider=~"a.*"'), { provider: 'abc' }));
  assert.ok(!matches(parseMatchers('provider=~"b"'), { provider: 'abc' }));
  assert.ok(matches(parseMatchers('team!="x"'), {}));
  assert.ok(matches(parseMatchers('team=""'), {}));
  assert.ok(!matches([], { a: 'b' }));
  assert.ok(matches(matchersOf(labels({})), labels({})));
});

test('labels that every alert of a rule shares are not told again', () => {
  assert.deepEqual(tellingLabels(labels({ provider: 'a' })), [['provider', 'a']]);
});

test('labels that are fields of a request become a filter', () => {
  assert.equal(filterOfLabels(labels({ provider: 'openai', model: 'gpt 4', cluster: 'x' })), 'provider: openai and model: "gpt 4"');
  assert.equal(filterOfLabels({ alertname: 'X' }), '');
});
