import test from 'node:test';
import assert from 'node:assert/strict';
import { filledIn, metricsOf, patternOf, rateSeconds } from '../app/series/expression.js';
import { drawable, legendName, seriesBuckets } from '../app/series/series-answer.js';
import { comparedWish, instantQuestion, rangeQuestion, stepSeconds } from '../app/series/series-queries.js';

const context = (variables = {}) => ({ everySeconds: 60, rangeSeconds: 3_600, variables });

test('times of the page stand in an expression, in whatever unit it wants', () => {
  assert.equal(filledIn('rate(a[$__rate_interval])', context()), 'rate(a[75s])');
  assert.equal(filledIn('increase(a[$__range]) / $__range_s', context()), 'increase(a[3600s]) / 3600');
  assert.equal(filledIn('avg_over_time(a[$__interval]) * $__interval_ms', context()), 'avg_over_time(a[60s]) * 60000');
});

test('a rate looks back over at least four scrapes', () => {
  assert.equal(rateSeconds(15), 60);
  assert.equal(rateSeconds(3_600), 3_615);
});

for (const [name, text, variables, expected] of [
  ['a chosen value is a pattern', 'a{p=~"$p"}', { p: ['openai'] }, 'a{p=~"openai"}'],
  ['several are alternatives', 'a{p=~"$p"}', { p: ['x', 'y'] }, 'a{p=~"(x|y)"}'],
  ['none is everything', 'a{p=~"$p"}', { p: [] }, 'a{p=~".*"}'],
  ['what means something to a pattern is taken literally', 'a{m=~"$m"}', { m: ['gpt-4.1 (new)|.*'] }, 'a{m=~"gpt-4\\\\.1 \\\\(new\\\\)\\\\|\\\\.\\\\*"}'],
  ['a quote cannot end the string', 'a{m=~"$m"}', { m: ['x"} or b{y="'] }, 'a{m=~"x\\"\\\\} or b\\\\{y=\\""}'],
  ['the same behind a negated pattern', 'a{p!~"$p"}', { p: ['x'] }, 'a{p!~"x"}'],
  ['one value behind an equals sign stays as it is', 'a{m="$m"}', { m: ['gpt-4.1'] }, 'a{m="gpt-4.1"}'],
  ['all behind an equals sign become a pattern', 'a{m="$m"}', { m: [] }, 'a{m=~".*"}'],
  ['several behind an unequals sign too', 'a{m!="$m"}', { m: ['x', 'y'] }, 'a{m!~"(x|y)"}'],
  ['names may stand in braces', 'a{p=~"eu-${p}"}', { p: ['x', 'y'] }, 'a{p=~"eu-(x|y)"}'],
  ['longer names are not taken for shorter ones', 'a{p=~"$provider"}', { p: ['x'], provider: ['y'] }, 'a{p=~"y"}'],
  ['a name that is no variable is left alone', 'label_replace(a, "b", "$1", "c", "(.*)")', { p: ['x'] }, 'label_replace(a, "b", "$1", "c", "(.*)")'],
  ['a number may stand outside of strings', 'topk($n, a)', { n: ['5'] }, 'topk(5, a)'],
  ['single quotes and backticks are strings too', "a{p=~'$p', q=~`$p`}", { p: ['x.y'] }, 'a{p=~"x\\\\.y", q=~"x\\\\.y"}'],
  ['escapes around a variable keep their meaning', 'a{p=~"v\\\\d+$p"}', { p: ['x'] }, 'a{p=~"v\\\\d+x"}'],
  ['a comment is no place for variables', 'a # $p', { p: ['x', 'y'] }, 'a # $p'],
]) test(`variables: ${name}`, () => assert.equal(filledIn(text, context(variables)), expected));

test('a value that cannot stand outside of a string is refused', () => {
  assert.throws(() => filledIn('topk($n, a)', context({ n: ['5, b) or (c'] })), RangeError);
  assert.throws(() => filledIn('topk($n, a)', context({ n: ['5', '6'] })), RangeError);
});

test('a pattern of values matches them and nothing else', () => {
  for (const values of [['a.b'], ['a|b', 'c+'], ['(x)', '[y]', '{z}', '^', '$', '\\d', '']]) {
    const pattern = new RegExp(`^(?:${patternOf(values)})$`);
    for (const value of values) assert.match(value, pattern);
    for (const other of ['aXb', 'a', 'cc', 'x', 'y', '1']) if (!values.includes(other)) assert.doesNotMatch(other, pattern);
  }
});

test('the metrics of an expression are told from labels, functions and words', () => {
  assert.deepEqual(metricsOf('sum by (provider_name) (rate(a_total{x="b_c"}[5m])) / on (some_label) group_left (other_one) b:rate5m'), ['a_total', 'b:rate5m']);
  assert.deepEqual(metricsOf('up{job="x"} == 1'), ['up']);
  assert.deepEqual(metricsOf('histogram_quantile(0.95, sum by (le) (rate(d_seconds_bucket[1h])))'), ['d_seconds_bucket']);
  assert.deepEqual(metricsOf('1 - sum(increase(cost_usd_total[1d])) / (sum(increase(revenue_usd_total[1d])) > 0)'), ['cost_usd_total', 'revenue_usd_total']);
});

const answer = (series, times = [60_000, 120_000]) => ({ from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:02:00Z', every_seconds: 60, times, series: series.map(([labels, values]) => ({ labels, values })), series_total: series.length, notes: [] });
const spec = (promql, options = {}) => ({ promql, options });

test('a value stands in the middle of its slot, the largest series first', () => {
  const model = seriesBuckets([answer([[{ provider: 'a' }, [1, 2]], [{ provider: 'b' }, [5, null]]])], spec([{ expr: 'x', legend: '{{provider}}' }]));
  assert.deepEqual(model.times, [30_000, 90_000]);
  assert.deepEqual(model.ends, [90_000, 150_000]);
  assert.deepEqual(model.series.map((series) => [series.name, series.values]), [['b', [5, null]], ['a', [1, 2]]]);
  assert.deepEqual(model.series.map((series) => [series.field, series.value]), [['provider', 'b'], ['provider', 'a']]);
});

test('what is no number is a gap', () => {
  assert.deepEqual([1, 'NaN', '+Inf', '-Inf', null, undefined, '2.5'].map(drawable), [1, null, null, null, null, null, 2.5]);
});

test('several expressions stand on one axis of times', () => {
  const model = seriesBuckets([answer([[{}, [1, 2]]]), answer([[{}, [7]]], [120_000])], spec([{ expr: 'x', legend: 'one' }, { expr: 'y', legend: 'two' }], { keep_order: true }));
  assert.deepEqual(model.series.map((series) => [series.name, series.values]), [['one', [1, 2]], ['two', [null, 7]]]);
});

test('series without a legend are named by what tells them apart, equal names are counted', () => {
  const named = seriesBuckets([answer([[{ __name__: 'up', job: 'a', env: 'x' }, [1, 1]], [{ __name__: 'up', job: 'b', env: 'x' }, [1, 1]]])], spec([{ expr: 'up' }]));
  assert.deepEqual(named.series.map((series) => series.name), ['a', 'b']);
  const equal = seriesBuckets([answer([[{ a: '1' }, [1, 1]], [{ a: '2' }, [1, 1]]])], spec([{ expr: 'x', legend: 'same' }]));
  assert.deepEqual(equal.series.map((series) => series.name), ['same', 'same (2)']);
});

test('an expression that failed costs only its own series', () => {
  const model = seriesBuckets([{ code: 'bad_data' }, answer([[{}, [1, 2]]])], spec([{ expr: 'x' }, { expr: 'y', legend: 'y' }]));
  assert.deepEqual(model.series.map((series) => series.name), ['y']);
  assert.equal(model.times.length, 2);
});

test('a legend leaves out what a series does not have', () => {
  assert.equal(legendName('{{ model }} {{type}}', { model: 'm' }), 'm');
  assert.equal(legendName('p95', {}), 'p95');
});

const wish = { range: { from: 0, to: 3_600_000 }, zone: 'UTC', where: 'client: a', compare: 'period', variables: { provider: ['x'] } };

test('an expression is asked at steps that people read, never closer than samples come', () => {
  assert.equal(stepSeconds({ from: 0, to: 60_000 }, 2_000), 15);
  assert.equal(stepSeconds({ from: 0, to: 86_400_000 }, 600), 600);
  assert.deepEqual(rangeQuestion({ expr: 'rate(a{p=~"$provider"}[$__rate_interval])' }, wish, 400, 50), {
    promql: 'rate(a{p=~"x"}[75s])', every: '60s', from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T01:00:00.000Z', series_max: 50,
  });
  assert.equal(instantQuestion({ expr: 'increase(a[$__range])' }, wish, 400).promql, 'increase(a[3600s])');
});

test('the time compared with is as long and just before', () => {
  assert.deepEqual(comparedWish(wish).range, { from: -3_600_000, to: 0 });
  assert.deepEqual(comparedWish({ ...wish, compare: 'day' }).range, { from: -86_400_000, to: 3_600_000 - 86_400_000 });
});
