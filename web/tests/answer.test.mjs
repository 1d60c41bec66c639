import test from 'node:test';
import assert from 'node:assert/strict';
import { bucketsOf, groupClause, levelOf, summary } from '../app/answer.js';

const start = Date.UTC(2026, 2, 5, 15);
const minute = 60_000;
const iso = (ms) => new Date(ms).toISOString();

function answer(rows, { from = start, to = start + 3 * minute, open = null } = {}) {
  return { from: iso(from), to: iso(to), every_seconds: 60, rows, completeness: { open_from: open === null ? null : iso(open), complete: true } };
}

const panel = (query, options = {}) => ({ query, options });

test('groups become series with the filter of exactly their records', () => {
  const rows = [[start, 'a', 1], [start, null, 2], [start, '_other', 3], [start + minute, 'a', 4], [start + minute, null, 5], [start + minute, '_other', 6]];
  const { times, series } = bucketsOf(answer(rows, { to: start + 2 * minute }), panel({ by: ['client'], measures: ['count'] }));
  assert.deepEqual(times, [start, start + minute]);
  assert.deepEqual(series.map((s) => [s.name, s.values, s.clause]), [['a', [1, 4], 'client: a'], ['(none)', [2, 5], 'not client: *'], ['other', [3, 6], 'not client: a']]);
});

test('rates divide by the part of the bucket inside the range', () => {
  const rows = [[start, 60], [start + minute, 60], [start + 2 * minute, 30]];
  const { series } = bucketsOf(answer(rows, { to: start + 2.5 * minute, open: start + 2 * minute }), panel({ measures: ['count'] }, { per_second: true }));
  assert.deepEqual(series[0].values, [1, 1, 1]);
});

test('a bucket that has only just begun is left out unless it is all there is', () => {
  const young = { to: start + 2 * minute + 5_000, open: start + 2 * minute };
  const value = (rows) => bucketsOf(answer(rows, young), panel({ measures: ['count'] })).series[0].values;
  assert.deepEqual(value([[start, 6], [start + minute, 7], [start + 2 * minute, 1]]), [6, 7, null]);
  assert.deepEqual(value([[start, 0], [start + minute, 0], [start + 2 * minute, 1]]), [0, 0, 1]);
});

test('a bucket that the range cuts counts as unfinished', () => {
  const rows = [[start, 1], [start + minute, 1]];
  assert.equal(bucketsOf(answer(rows, { to: start + 1.5 * minute }), panel({ measures: ['count'] })).openIndex, 1);
  assert.equal(bucketsOf(answer(rows, { to: start + 2 * minute }), panel({ measures: ['count'] })).openIndex, 2);
});

test('measures become series under their given names', () => {
  const { series } = bucketsOf(answer([[start, 0.1, 0.9]], { to: start + minute }), panel({ measures: ['p50(duration) as median', 'p95(duration)'] }));
  assert.deepEqual(series.map((s) => s.name), ['median', 'p95(duration)']);
});

test('what a ratio or a count counts is the filter of its series, unless the panel says otherwise', () => {
  const rows = [[start, 0.1, 4]];
  const query = { measures: ['ratio(status >= 500) as failed', 'count(attempts > 1)'] };
  const clauses = (spec) => bucketsOf(answer(rows, { to: start + minute }), spec).series.map((s) => s.clause);
  assert.deepEqual(clauses(panel(query)), ['status >= 500', 'attempts > 1']);
  assert.deepEqual(clauses({ ...panel(query), drill: { where: 'error_type: *' } }), ['', '']);
});

test('legend figures leave the running bucket and gaps out', () => {
  const buckets = { openIndex: 3, seconds: [60, 60, 60, 10] };
  assert.deepEqual(summary([1, null, 3, 99], buckets, true), { last: 3, max: 3, mean: 2 });
  assert.deepEqual(summary([null, null, null, null], buckets), { last: null, max: null, mean: null });
});

test('thresholds judge in both directions and not over nothing', () => {
  assert.equal(levelOf(0.03, { warning: 0.02, critical: 0.05 }), 'warning');
  assert.equal(levelOf(0.06, { warning: 0.02, critical: 0.05 }), 'critical');
  assert.equal(levelOf(0.999, { warning: 0.999, critical: 0.995, below: true }), 'ok');
  assert.equal(levelOf(0.99, { warning: 0.999, critical: 0.995, below: true }), 'critical');
  assert.equal(levelOf(null, { warning: 1 }), null);
});

test('the rest of a ranking is all that is named nowhere', () => {
  assert.equal(groupClause('path', '_other', ['/a', '/b']), 'not path: (/a or /b)');
  assert.equal(groupClause('path', '_other', []), '');
  assert.equal(groupClause('stream', true, []), 'stream: true');
});
