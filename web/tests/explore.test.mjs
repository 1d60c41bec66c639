import test from 'node:test';
import assert from 'node:assert/strict';
import { colouring, complete, contextAt, errorPlace, quoted, seriesText, tokenize } from '../app/explore/promql-text.js';
import { chartModel, chooseStep, DRAWN_MAX, gridOf, namesOf, numberOf, tableRows, unitOf } from '../app/explore/series.js';

/** The context at `|` of the text. */
function at(text) {
  const cursor = text.indexOf('|');
  return contextAt(text.replace('|', ''), cursor);
}

test('tokens cover the whole text', () => {
  for (const text of ['sum by (a)(rate(x{b=~"c|d", e!=\'f\'}[5m] offset 1h)) # g\n/ 1e3', '{"my.metric", `a\\`="b"}', 'foo{a="unclosed', '\u00e9\ud83d\ude00 + 0x1F']) {
    assert.equal(tokenize(text).map((token) => token.text).join(''), text);
  }
});

test('words are told apart by where they stand', () => {
  const kinds = (text) => Object.fromEntries(colouring(text).filter((token) => token.type === 'word').map((token) => [token.text, token.kind]));
  assert.deepEqual(kinds('sum by (job) (rate(up{instance="x"}[5m])) and on (a) b'), {
    sum: 'function', by: 'keyword', job: 'label', rate: 'function', up: 'metric', instance: 'label', and: 'keyword', on: 'keyword', a: 'label', b: 'metric',
  });
});

test('an expression is offered where one may start', () => {
  for (const text of ['|', 'sum(|', 'a + |', 'a and |', 'topk(5, |', 'rat|', 'sum(ra|']) assert.equal(at(text).expect, 'expression', text);
  for (const text of ['a |', 'a{b="c"} |', '5|', '"x|"', 'a # comment |']) assert.equal(at(text).expect, 'none', text);
});

test('labels, their values and durations are offered where they belong', () => {
  assert.deepEqual(at('up{|'), { expect: 'label', prefix: '', start: 3, end: 3, metric: 'up' });
  assert.equal(at('up{job="a", in|').expect, 'label');
  assert.deepEqual(at('up{job="ap|"}'), { expect: 'value', prefix: 'ap', start: 7, end: 11, metric: 'up', label: 'job', quote: '"' });
  assert.equal(at('up{job=|').expect, 'value');
  assert.equal(at('up{job="a"|}').expect, 'none');
  assert.equal(at('rate(up[|').expect, 'duration');
  assert.equal(at('up offset |').expect, 'duration');
  assert.equal(at('sum by (|').expect, 'grouping');
  assert.equal(at('sum(rate(up[5m])) by (|').metric, 'up');
});

test('a suggestion takes the place of what is written, and nothing is doubled', () => {
  const context = at('sum(ra|');
  assert.deepEqual(complete('sum(ra', context, 'rate(|)'), { text: 'sum(rate()', cursor: 9 });
  assert.deepEqual(complete('up{job=}', at('up{job=|}'), '"api"'), { text: 'up{job="api"}', cursor: 12 });
  assert.deepEqual(complete('up{jo}', at('up{jo|}'), 'job="|"'), { text: 'up{job=""}', cursor: 8 });
});

test('an error of the server is placed in the text', () => {
  assert.deepEqual(errorPlace('invalid parameter "query": 1:5: parse error: unexpected <aggr:sum>', 'sum sum'), { message: 'unexpected <aggr:sum>', offset: 4 });
  assert.deepEqual(errorPlace('2:1: parse error: x', 'ab\ncd'), { message: 'x', offset: 3 });
  assert.deepEqual(errorPlace('query timed out in expression evaluation', 'a'), { message: 'query timed out in expression evaluation', offset: null });
  assert.equal(errorPlace('1:99: parse error: unexpected end of input', 'a+').offset, 2);
});

test('series are written as PromQL', () => {
  assert.equal(seriesText({ __name__: 'up', job: 'a"b' }), 'up{job="a\\"b"}');
  assert.equal(seriesText({ 'my.label': 'x' }), '{"my.label"="x"}');
  assert.equal(seriesText({}), '{}');
  assert.equal(quoted('a\n'), '"a\\n"');
});

test('what all series share is left out of their names', () => {
  assert.deepEqual(namesOf([{ model: 'a', job: 'x' }, { model: 'b', job: 'x' }]), ['a', 'b']);
  assert.deepEqual(namesOf([{ __name__: 'up', job: 'x' }]), ['up{job="x"}']);
  assert.deepEqual(namesOf([{ a: '1', b: '2' }, { a: '2', b: '1' }]), ['{a="1", b="2"}', '{a="2", b="1"}']);
});

test('the step suits the width, and the grid stays at its multiples', () => {
  assert.equal(chooseStep(3_600_000, 600), 30);
  assert.equal(chooseStep(90 * 86_400_000, 600), 86_400);
  assert.deepEqual(gridOf({ from: 1_000_001, to: 1_059_999 }, 30), { start: 1_020_000, end: 1_050_000, step: 30 });
});

test('rows become points at their instants, and what is no number becomes a gap', () => {
  const model = chartModel([{ metric: { a: 'x' }, values: [[10, '1'], [20, 'NaN'], [40, '+Inf']] }], { start: 10_000, end: 40_000, step: 10 });
  assert.deepEqual(model.series[0].values, [1, null, null, null]);
  assert.deepEqual(model.times, [5_000, 15_000, 25_000, 35_000]);
  assert.deepEqual(model.ends, [15_000, 25_000, 35_000, 45_000]);
});

test('of many series the largest are drawn', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({ metric: { a: String(index) }, values: [[0, String(index)]] }));
  const model = chartModel(rows, { start: 0, end: 0, step: 1 });
  assert.equal(model.series.length, DRAWN_MAX);
  assert.equal(model.total, 100);
  assert.equal(model.series[0].name, '99');
});

test('every type of answer has rows', () => {
  assert.deepEqual(tableRows({ resultType: 'scalar', result: [5, '1'] }), [{ metric: {}, value: '1', time: 5 }]);
  assert.deepEqual(tableRows({ resultType: 'vector', result: [{ metric: { a: 'b' }, value: [5, 'NaN'] }] }), [{ metric: { a: 'b' }, value: 'NaN', time: 5 }]);
  assert.deepEqual(tableRows({ resultType: 'matrix', result: [{ metric: {}, values: [[1, '2'], [3, '4']] }] }), [{ metric: {}, value: '2 samples', time: 3 }]);
  assert.equal(tableRows({ resultType: 'vector', result: [{ metric: {}, histogram: [5, { count: '3', sum: '7', buckets: [] }] }] })[0].value, 'histogram: count 3, sum 7');
});

test('words for numbers are numbers', () => {
  assert.deepEqual(['+Inf', '-Inf', '1e-7'].map(numberOf), [Infinity, -Infinity, 1e-7]);
});

test('quantiles of durations are seconds', () => {
  assert.equal(unitOf('histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))'), 's');
  assert.equal(unitOf('rate(x_seconds_count[5m])'), '1');
});
