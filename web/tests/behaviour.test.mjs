import test from 'node:test';
import assert from 'node:assert/strict';
import { duringText, shownSpans, spanOfAnnotation } from '../app/annotations/kinds.js';
import { bareMeasure, explainedText, explainOf, isExplainable, measureName, spanOfCause } from '../app/changes/measures.js';
import { ghostsOf } from '../app/charts/ghosts.js';
import { pinchedRange } from '../app/charts/pinch.js';
import { findCommands } from '../app/command-search.js';
import { expressionsOf } from '../app/grafana-panels.js';
import { chooseDay, dayText, monthWeeks, moveDay, moveMonth } from '../app/month-grid.js';
import { viewOf, VIEWS_MAX, withoutView, withView } from '../app/requests/view-list.js';
import { csvOf } from '../app/table-csv.js';
import { chosenInterval, parseRangeText, QUICK_RANGES, rangeText, REFRESH_CHOICES, resolveRange } from '../app/time-range.js';
import { DEFAULT_STATE } from '../app/url-state.js';

const MINUTE = 60_000;
const now = Date.UTC(2026, 2, 5, 16);

test('quick ranges reach from five minutes to a year, each longer than the one before', () => {
  const lengths = QUICK_RANGES.map(([from]) => { const range = resolveRange({ from, to: 'now' }, now, 'UTC'); return range.to - range.from; });
  assert.equal(lengths[0], 5 * MINUTE);
  assert.equal(lengths.at(-1), 365 * 86_400_000);
  for (let index = 1; index < lengths.length; index += 1) assert.ok(lengths[index] > lengths[index - 1]);
});

test('a copied range is read again, also as Grafana, a link and people write it', () => {
  const range = { from: 'now-6h', to: 'now' };
  assert.deepEqual(parseRangeText(rangeText(range)), range);
  assert.deepEqual(parseRangeText('{"from":"2026-03-05 10:00","to":"2026-03-05 11:00"}'), { from: '2026-03-05 10:00', to: '2026-03-05 11:00' });
  assert.deepEqual(parseRangeText('http://host/?page=x&from=now-2d&to=now-1d'), { from: 'now-2d', to: 'now-1d' });
  assert.deepEqual(parseRangeText('http://host/?from=now-2d'), { from: 'now-2d', to: 'now' });
  assert.deepEqual(parseRangeText(' now-1d/d to now/d '), { from: 'now-1d/d', to: 'now/d' });
  assert.deepEqual(parseRangeText('2026-03-05 10:00 - 2026-03-05 11:00'), { from: '2026-03-05 10:00', to: '2026-03-05 11:00' });
  assert.deepEqual(parseRangeText('now-15m'), range.from && { from: 'now-15m', to: 'now' });
  for (const text of ['', 'hello', '{"from":1}', 'http://host/', '[1,2]']) assert.equal(parseRangeText(text), null, text);
});

test('refresh choices have intervals, but for those that go by themselves', () => {
  assert.equal(chosenInterval('30s'), 30_000);
  for (const [value, , ms] of REFRESH_CHOICES) assert.equal(chosenInterval(value), ms);
  assert.equal(chosenInterval('nonsense'), null);
  assert.equal(chosenInterval(DEFAULT_STATE.refresh), null);
});

test('a month is shown in whole weeks that begin on Monday', () => {
  for (let year = 2023; year < 2030; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      const weeks = monthWeeks(year, month);
      const days = weeks.flat();
      const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
      assert.equal(days.filter((day) => day.month === month && day.year === year).length, length);
      for (const week of weeks) assert.ok(week.length === 7 && week.some((day) => day.month === month));
      assert.equal(new Date(dayText(days[0])).getUTCDay(), 1);
      for (let index = 1; index < days.length; index += 1) assert.deepEqual(moveDay(days[index - 1], 1), days[index]);
    }
  }
});

test('the last of a month stays the last in a shorter one', () => {
  assert.deepEqual(moveMonth({ year: 2026, month: 1, day: 31 }, 1), { year: 2026, month: 2, day: 28 });
  assert.deepEqual(moveMonth({ year: 2026, month: 1, day: 15 }, -1), { year: 2025, month: 12, day: 15 });
});

test('two clicks in either order choose a range of days, a third begins anew', () => {
  const [early, late] = [{ year: 2026, month: 3, day: 5 }, { year: 2026, month: 3, day: 9 }];
  assert.deepEqual(chooseDay(null, late), { from: late, to: null });
  assert.deepEqual(chooseDay({ from: late, to: null }, early), { from: early, to: late });
  assert.deepEqual(chooseDay({ from: early, to: null }, late), { from: early, to: late });
  assert.deepEqual(chooseDay({ from: early, to: late }, late), { from: late, to: null });
});

test('times under two fingers stay under them', () => {
  const range = pinchedRange([1000_000, 2000_000], [100, 300], 600, 1e12);
  const at = (pixel) => range.from + (pixel / 600) * (range.to - range.from);
  assert.ok(Math.abs(at(100) - 1000_000) < 1 && Math.abs(at(300) - 2000_000) < 1);
  assert.deepEqual(pinchedRange([2000_000, 1000_000], [300, 100], 600, 1e12), range);
});

test('a pinch does not reach into the future, and needs two places', () => {
  const range = pinchedRange([1000_000, 2000_000], [100, 200], 600, 2100_000);
  assert.equal(range.to, 2100_000);
  assert.equal(range.to - range.from, 6_000_000);
  assert.equal(pinchedRange([1000, 1000], [100, 200], 600, 1e12), null);
  assert.equal(pinchedRange([1000, 2000], [100, 101], 600, 1e12), null);
});

test('annotations are instants or spans, and unknown kinds are notes', () => {
  assert.deepEqual(spanOfAnnotation({ id: 'a', time: '2026-03-05T16:00:00Z', time_end: null, kind: 'deployment', title: 'gateway 2.4', text: 'x', tags: ['eu'] }),
    { id: 'a', from: now, to: now, kind: 'deployment', title: 'gateway 2.4', text: 'x', tags: ['eu'] });
  const odd = spanOfAnnotation({ id: 'b', time: '2026-03-05T16:00:00Z', time_end: '2026-03-05T15:00:00Z', kind: 'party', title: '' });
  assert.deepEqual([odd.kind, odd.to, odd.title], ['note', now, 'Note']);
});

test('only shown kinds within the range are drawn, the latest where there are too many', () => {
  const span = (from, to, kind) => ({ id: String(from), from, to, kind, title: `t${from}` });
  const spans = [span(50, 50, 'note'), span(10, 30, 'config'), span(20, 20, 'deployment'), span(95, 95, 'note'), span(1, 5, 'note')];
  assert.deepEqual(shownSpans(spans, { from: 20, to: 90 }, [], 9).map(({ from }) => from), [10, 20, 50]);
  assert.deepEqual(shownSpans(spans, { from: 20, to: 90 }, ['config'], 9).map(({ from }) => from), [20, 50]);
  assert.deepEqual(shownSpans(spans, { from: 20, to: 90 }, [], 1).map(({ from }) => from), [50]);
  assert.equal(duringText(spans, 20, 21, 1), 'Config change: t10. And 1 more');
  assert.equal(duringText(spans, 60, 70, 3), '');
});

test('a panel is explained by a measure whose difference can be attributed', () => {
  assert.deepEqual(explainOf({ measures: ['uniq(client)', 'sum(cost) as spend'], where: 'stream: true' }), { measure: 'sum(cost)', where: 'stream: true' });
  assert.equal(explainOf({ measures: ['p50(duration)', 'p95(duration)', 'p99(duration)'] }).measure, 'p95(duration)');
  assert.equal(explainOf({ measures: ['uniq(client)'] }), null);
  assert.equal(explainOf(undefined), null);
  for (const measure of ['count', 'rate', 'ratio(status >= 500)', 'avg(ttft)', 'p99.9(duration)']) assert.ok(isExplainable(measure), measure);
  for (const measure of ['max(duration)', 'uniq(user)', 'counting']) assert.ok(!isExplainable(measure), measure);
  assert.equal(bareMeasure('ratio(status >= 500) as errors'), 'ratio(status >= 500)');
  assert.equal(measureName('p95(duration)'), 'p95 duration');
  assert.equal(measureName('avg(upstream_ttfb)'), 'Mean upstream ttfb');
});

test('what works against a difference is told as such', () => {
  const percent = (value) => `${Math.round(value * 100)} %`;
  assert.equal(explainedText(0.97, percent), '97 %');
  assert.equal(explainedText(-0.2, percent), 'against it 20 %');
  assert.equal(explainedText(null, percent), '');
  assert.equal(explainedText(Infinity, percent), '');
});

test('requests of a cause are shown where they are: in the marked span, or before it when they have stopped', () => {
  const answer = { from: '2026-03-05T12:00:00Z', to: '2026-03-05T13:00:00Z', baseline_from: '2026-03-05T11:00:00Z', baseline_to: '2026-03-05T12:00:00Z' };
  const hours = ({ from, to }) => [new Date(from).getUTCHours(), new Date(to).getUTCHours()];
  assert.deepEqual(hours(spanOfCause({ share_now: 0.2, share_before: 0 }, answer)), [12, 13]);
  assert.deepEqual(hours(spanOfCause({ share_now: 0, share_before: 0.2 }, answer)), [11, 12]);
});

test('a stack is compared as a whole, a few lines each with its own, many with none', () => {
  const series = (value, values) => ({ series: { measure: 'count', value, name: String(value), values }, color: `c${value}` });
  const before = [1, 2, 3, 4, 5, 6, 7].map((value) => ({ measure: 'count', value, values: [value, null] }));
  const visible = [series(1, []), series(2, [])];
  assert.deepEqual(ghostsOf(visible, before, true, 'grey'), [{ name: 'total', values: [3, 0], color: 'grey' }]);
  assert.deepEqual(ghostsOf(visible, before, false, 'grey').map(({ name, color }) => [name, color]), [['1', 'c1'], ['2', 'c2']]);
  assert.deepEqual(ghostsOf([series(2, [])], before, true, 'grey'), [{ name: '', values: [2, null], color: 'grey' }]);
  assert.deepEqual(ghostsOf(before.map(({ value }) => series(value, [])), before, false, 'grey'), []);
  assert.deepEqual(ghostsOf(visible, [], false, 'grey'), []);
});

test('commands are found by the beginnings of their words, in any order', () => {
  const commands = [{ label: 'Last hour', group: 'Time range' }, { label: 'Overview', group: 'Pages', words: 'Is it healthy?' }, { label: 'provider: openai', group: 'Filter' }, { label: 'Print' }];
  const labels = (text) => findCommands(commands, text, 9).map(({ label }) => label);
  assert.deepEqual(labels('ho la'), ['Last hour']);
  assert.deepEqual(labels('healthy'), ['Overview']);
  assert.deepEqual(labels('pr'), ['provider: openai', 'Print']);
  assert.deepEqual(labels('openai filter'), ['provider: openai']);
  assert.deepEqual(labels('nothing'), []);
  assert.equal(findCommands(commands, '', 2).length, 2);
  const alike = [{ label: 'provider: azure.ai.openai' }, { label: 'provider: openai' }, { label: 'Cost and tokens' }, { label: 'What the cost is' }, { label: 'Cost' }];
  const first = (text) => findCommands(alike, text, 9)[0].label;
  assert.equal(first('Provider: Open'), 'provider: openai');
  assert.equal(first('cost'), 'Cost');
  assert.equal(first('azure'), 'provider: azure.ai.openai');
});

test('a view keeps what it is for, replaces its namesake, and the oldest gives way', () => {
  const state = { ...DEFAULT_STATE, where: 'status >= 500', cols: ['time'], from: 'now-2d' };
  assert.deepEqual(viewOf('a', state, false).state, { where: 'status >= 500', cols: ['time'], sort: '-time', density: 'normal' });
  assert.equal(viewOf('a', state, true).state.from, 'now-2d');
  const once = withView([], viewOf('b', state, false));
  const again = withView(withView(once, viewOf('a', state, false)), { name: 'b', state: {} });
  assert.deepEqual(again.map(({ name }) => name), ['a', 'b']);
  assert.deepEqual(again[1].state, {});
  assert.deepEqual(withoutView(again, 'a').map(({ name }) => name), ['b']);
  let many = [];
  for (let index = 0; index < VIEWS_MAX + 5; index += 1) many = withView(many, { name: String(index).padStart(3, '0'), state: {} });
  assert.equal(many.length, VIEWS_MAX);
  assert.equal(many[0].name, '005');
});

test('CSV quotes what must be quoted and keeps spreadsheets from running values', () => {
  const table = { columns: [{ label: 'Name' }, { label: 'a "b", c' }], rows: [[{ text: '=1+1' }, { text: '-5' }], [{ text: '-x' }, { text: 'two\nlines' }], [{ text: '@sum' }, {}]] };
  assert.equal(csvOf(table), 'Name,"a ""b"", c"\r\n\'=1+1,-5\r\n\'-x,"two\nlines"\r\n\'@sum,\r\n');
});

test('the expressions of a panel are found in open and folded rows', () => {
  const dashboard = { panels: [{ title: 'A', targets: [{ expr: 'up' }, { expr: 'up' }, {}] }, { type: 'row', title: 'Row', panels: [{ title: 'A', targets: [{ expr: 'down' }] }, { title: 'B' }] }] };
  assert.deepEqual(expressionsOf(dashboard, 'A'), ['up', 'down']);
  assert.deepEqual(expressionsOf(dashboard, 'B'), []);
  assert.deepEqual(expressionsOf({}, 'A'), []);
});
