import test from 'node:test';
import assert from 'node:assert/strict';
import { isBehind, judge, sourceRows } from '../app/completeness.js';

const NONE = { completeness: null, expected: null, received: 0, stored: 0, rejected: 0, late: 0, refused_requests: 0, lag_p50: null, lag_max: null, seconds_behind: null };

function report(total, sources = []) {
  return {
    from: '2026-03-05T15:00:00.000000Z', to: '2026-03-05T16:00:00.000000Z', total: { ...NONE, ...total },
    sources: sources.map((source, index) => ({ ...NONE, source: `s${index}`, ...source })), notes: [],
  };
}

function plain(judgement) {
  return { ...judgement, text: judgement.text.replaceAll('\u202f', ' '), title: judgement.title.replaceAll('\u202f', ' ') };
}

test('a whole range is marked quietly and says so in words', () => {
  const judgement = plain(judge(report({ completeness: 1, received: 900, stored: 900, seconds_behind: 12 }, [{ stored: 900, seconds_behind: 12 }]), true));
  assert.deepEqual(judgement, { level: 'ok', text: '100 % of received, 12 s behind', title: 'Complete: 100 % of received, 12 s behind' });
});

test('what is missing is never rounded away', () => {
  const judgement = plain(judge(report({ completeness: 0.9998, expected: 10_000, received: 9_998, seconds_behind: 3 }), true));
  assert.equal(judgement.text, '99.98 % of expected, 3 s behind');
  assert.equal(judge(report({ completeness: 0.99949, received: 9 }), false).level, 'warning');
  assert.equal(plain(judge(report({ completeness: 0.999999, received: 9 }), false)).text, '99.99 % of received');
  assert.equal(judge(report({ completeness: 0.9895, received: 9 }), false).level, 'critical');
  assert.match(judge(report({ completeness: 0.9895, received: 9 }), false).title, /^Far from complete: 98\.95/);
});

test('more than was expected is complete', () => {
  assert.equal(plain(judge(report({ completeness: 1.02, expected: 100, received: 102 }), false)).text, '100 % of expected');
});

test('a range of the past cannot be behind', () => {
  const old = report({ completeness: 1, received: 5, stored: 5, seconds_behind: 90_000 }, [{ stored: 5, seconds_behind: 90_000 }]);
  assert.deepEqual(plain(judge(old, false)), { level: 'ok', text: '100 % of received', title: 'Complete: 100 % of received' });
  assert.equal(judge(old, true).level, 'warning');
});

test('a source that usually sends and is silent is behind, one that sends seldom is not', () => {
  const busy = report({ completeness: 1, received: 9_000, seconds_behind: 1 }, [{ stored: 3_600, seconds_behind: 1 }, { stored: 3_600, seconds_behind: 600 }]);
  assert.equal(judge(busy, true).level, 'warning');
  assert.equal(plain(judge(busy, true)).text, '100 % of received, 10 min behind');
  const seldom = report({ completeness: 1, received: 4, seconds_behind: 600 }, [{ stored: 4, seconds_behind: 600 }]);
  assert.equal(judge(seldom, true).level, 'ok');
  assert.equal(isBehind({ stored: 0, seconds_behind: 9_999 }, busy), false);
  assert.equal(isBehind({ stored: 3_600, seconds_behind: 119 }, busy), false);
  assert.equal(isBehind({ stored: 3_600, seconds_behind: 9_999, source: 'import' }, busy), false);
});

test('refused requests are a warning even where nothing else came', () => {
  const judgement = judge(report({ refused_requests: 3 }), false);
  assert.deepEqual([judgement.level, judgement.text], ['warning', '3 refused']);
});

test('a range in which nothing came has no mark', () => {
  assert.equal(judge(report({}), false).level, null);
  assert.equal(judge(report({}), true).level, null);
});

test('the table names the sources that had anything', () => {
  const rows = sourceRows(report({}, [
    { received: 4, stored: 3, rejected: 1, completeness: 0.75, lag_p50: 31.4, lag_max: 64.8, seconds_behind: 7 }, {}, { expected: 9, completeness: 0 },
  ]));
  assert.deepEqual(rows.map((row) => row.name), ['s0', 's2']);
  assert.equal(rows[0].share.replaceAll('\u202f', ' '), '75 % of received');
  assert.equal(rows[0].lag.replaceAll('\u202f', ' '), '31.4 s, at most 64.8 s');
  assert.deepEqual(rows.map((row) => row.isShort), [true, true]);
});
