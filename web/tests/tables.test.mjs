import test from 'node:test';
import assert from 'node:assert/strict';
import { cellClause, cellSort, optionOf, pageOf, placeOf, tableQuestions, tableRows } from '../app/charts/table-model.js';
import { bulletRows } from '../app/charts/bullet-rows.js';
import { arrivalsOf, weeklyCohorts } from '../app/charts/cohorts.js';
import { stateOf, stateRows, stateShares } from '../app/charts/state-spans.js';
import { firingsByRule, matrixOf } from '../app/charts/alert-figures.js';
import { hourProfile } from '../app/clients/hour-profile.js';
import { blocks, inlinePieces } from '../app/charts/markdown.js';
import { spansOf } from '../app/alerts/model.js';

const wish = { range: { from: 0, to: 3_600_000 }, zone: 'UTC', where: 'stream: true', compare: 'period', variables: {} };
const spec = {
  id: 't', unit: '1', query: { measures: ['count', 'p95(duration) as p95'], by: ['client'], where: 'client: *' },
  options: { rows: 2, columns: [{ measure: 'count', title: 'Requests', change: true, spark: true }, { measure: 'p95', title: 'p95', unit: 's' }, { expr: 'budget', title: 'Budget' }] },
};
const byName = (asked, role) => asked.find((item) => item.role === role)?.query;

test('a choice of the URL says order and page, and is written back as it was', () => {
  const { columns } = spec.options;
  for (const option of ['-1', '2.3', '0', '-2.2', '99.4']) assert.equal(optionOf(placeOf(option, columns, true)), option);
  assert.deepEqual(placeOf(undefined, columns, true), { column: -1, descending: true, page: 0 });
  for (const broken of ['', 'x', '-7', '3', '1.0', '99999', '1.99999']) assert.equal(placeOf(broken, columns, true).page >= 0, true);
  assert.equal(placeOf('3', columns, true).column, -1, 'the server cannot order requests by series');
  assert.equal(placeOf('3', columns, false).column, 3);
});

test('the server sorts and pages', () => {
  const rows = byName(tableQuestions(spec, wish, placeOf('-2.3', spec.options.columns, true), 600), 'rows');
  assert.deepEqual([rows.order, rows.limit, rows.offset, rows.where], ['-p95', 2, 4, 'stream: true and client: *']);
  const first = byName(tableQuestions(spec, wish, placeOf('0', spec.options.columns, true), 600), 'rows');
  assert.deepEqual([first.order, first.offset], ['client', undefined]);
});

test('only what columns need is asked', () => {
  assert.deepEqual(tableQuestions(spec, wish, placeOf('', spec.options.columns, true), 600).map((item) => item.role), ['rows', 'before', 'sparks', 'column']);
  const plain = { ...spec, options: { columns: [{ measure: 'count', title: 'n' }] } };
  assert.deepEqual(tableQuestions(plain, wish, placeOf('', [], true), 600).map((item) => item.role), ['rows']);
});

const asked = tableQuestions(spec, wish, placeOf('', spec.options.columns, true), 600);
const answers = [
  { rows: [['a', 10, 1.5], ['b', 5, 2]], groups_total: 7 },
  { rows: [['a', 8, 1]], groups_total: 1 },
  { rows: [[0, 'a', 4, 1], [0, 'b', 5, 2], [60, 'a', 6, null], [60, 'b', 0, null]] },
  { series: [{ labels: { client: 'b' }, values: [100] }, { labels: { tenant: 'a' }, values: ['NaN'] }] },
];

test('rows have their value, that of the time before, their course, and what series say of them', () => {
  const table = tableRows(spec, asked, answers);
  assert.equal(table.total, 7);
  assert.deepEqual(table.before, { knowsAll: true });
  assert.deepEqual(table.rows.map((row) => row.cells[0]), [{ value: 10, before: 8, spark: [4, 6] }, { value: 5, before: undefined, spark: [5, 0] }]);
  assert.deepEqual(table.rows.map((row) => row.cells[1].spark), [null, null]);
  assert.deepEqual(table.rows.map((row) => row.cells[2].value), [null, 100]);
  assert.deepEqual(table.rows.map((row) => row.clause), ['client: a', 'client: b']);
});

test('of a group beyond the limit of the time before nothing is known', () => {
  const table = tableRows(spec, asked, [answers[0], { rows: [['z', 1, 1]], groups_total: 5_000 }, answers[2], answers[3]]);
  assert.equal(table.before.knowsAll, false);
});

test('rows over series are joined by their labels, and sorted and paged here', () => {
  const only = { id: 's', unit: '1', promql: [{ expr: 'x' }], options: { columns: [{ expr: 'x', title: 'X' }, { expr: 'y', title: 'Y' }] } };
  const questions = tableQuestions(only, wish, placeOf('', only.options.columns, false), 600);
  const series = (list) => ({ series: list.map(([provider, value]) => ({ labels: { __name__: 'm', job: 'j', provider }, values: [value] })) });
  const table = tableRows(only, questions, [series([['a', 1], ['b', 3], ['c', 2]]), series([['b', 30], ['d', 40]])]);
  assert.deepEqual(table.fields, ['provider']);
  assert.deepEqual(pageOf(table.rows, { column: -1, descending: true, page: 0 }, 10).map((row) => [row.keys[0], ...row.cells.map((cell) => cell.value)]), [['b', 3, 30], ['c', 2, null], ['a', 1, null], ['d', null, 40]]);
  assert.deepEqual(pageOf(table.rows, { column: 0, descending: false, page: 1 }, 3).map((row) => row.keys[0]), ['d']);
});

test('a cell leads to the requests that it counts', () => {
  assert.equal(cellClause('client: a', 'ratio(status >= 500) as failed'), 'client: a and status >= 500');
  assert.equal(cellClause('client: a', 'count(status: 429 or status: 503)'), 'client: a and (status: 429 or status: 503)');
  assert.equal(cellClause('', 'sum(cost)'), '');
  assert.deepEqual(['p95(duration) as p', 'max(ttft)', 'sum(cost)', 'count', 'percentile(duration, 99.9)'].map(cellSort), ['-duration', '-ttft', '-cost', '-time', '-duration']);
});

test('values stand against the limit that is theirs, or the one for all', () => {
  const limits = [{ labels: { client: 'a' }, value: 10 }, { labels: {}, value: 100 }];
  const rows = bulletRows([{ key: 'a', value: 9, labels: { client: 'a' } }, { key: 'b', value: 95, labels: { client: 'b' } }, { key: 'c', value: null, labels: {} }], limits, { warning: 0.8, critical: 1 });
  assert.deepEqual(rows.map((row) => [row.key, row.limit, row.level]), [['b', 100, 'warning'], ['a', 10, 'warning']]);
  assert.deepEqual(bulletRows([{ key: 'a', field: 'client', value: 12 }], limits, { warning: 0.8, critical: 1 })[0].level, 'critical');
  assert.deepEqual(bulletRows([{ key: 'a', value: 12 }], [], { critical: 1 }), [{ key: 'a', value: 12, limit: null, level: null }]);
});

test('a cohort are those first seen in its week, and who of them came again', () => {
  const rows = [[0, 'a', 0], [0, 'b', 0], [7, 'a', 2], [7, 'b', 0], [7, null, 9], [14, 'a', 0], [14, 'b', 1], [21, 'a', 3], [21, 'b', 0]];
  const { weeks, cohorts } = weeklyCohorts({ rows });
  assert.deepEqual(weeks, [7, 14, 21], 'weeks before the first request are none');
  assert.deepEqual(cohorts, [{ week: 7, size: 1, isFirst: true, seen: [1, 0, 1] }, { week: 14, size: 1, isFirst: false, seen: [1, 0] }]);
  assert.deepEqual(weeklyCohorts({ rows: [] }).cohorts, []);
});

test('new on the first day ever, lapsed on the day by which nothing came for so long', () => {
  const rows = [];
  const seen = { old: [0, 1], steady: [0, 1, 2, 3, 4, 5], late: [3, 4, 5] };
  for (let day = 0; day < 6; day += 1) for (const [name, days] of Object.entries(seen)) rows.push([day, name, days.includes(day) ? 1 : 0]);
  const { days, fresh, lapsed, active } = arrivalsOf({ rows }, new Set(['old', 'steady']), 3, 2);
  assert.deepEqual(days, [2, 3, 4, 5]);
  assert.deepEqual(fresh, [[], ['late'], [], []]);
  assert.deepEqual(lapsed, [[], [], ['old'], []]);
  assert.deepEqual(active, [1, 2, 2, 2]);
});

const states = [{ value: 0.8, text: 'Healthy', level: 'ok' }, { value: 0.5, text: 'Degraded', level: 'warning' }, { value: 0, text: 'Down', level: 'critical' }];

test('a value has the state of its step, an unknown one tells itself', () => {
  assert.deepEqual([0.93, 0.8, 0.79, 0.5, 0.1, 0].map((value) => stateOf(value, states).text), ['Healthy', 'Healthy', 'Degraded', 'Degraded', 'Down', 'Down']);
  assert.equal(stateOf(null, states), null);
  assert.deepEqual(stateOf(-1, states), { value: -1, text: '-1', level: 'none' });
});

test('neighbouring instants of a state are one span, gaps stay gaps', () => {
  const model = { times: [0, 10, 20, 30, 40], ends: [10, 20, 30, 40, 50], series: [{ name: 'p', values: [0.9, 0.85, null, 0.9, 0.2] }] };
  const [row] = stateRows(model, states);
  assert.deepEqual(row.spans.map(({ from, to, low, high, state }) => [from, to, low, high, state.text]), [[0, 20, 0.85, 0.9, 'Healthy'], [30, 40, 0.9, 0.9, 'Healthy'], [40, 50, 0.2, 0.2, 'Down']]);
  assert.deepEqual(stateShares(row).map(({ state, share }) => [state.text, share]), [['Healthy', 0.75], ['Down', 0.25]]);
});

test('rules are counted by how often their alerts began to fire, and flaps by how soon after', () => {
  const minute = 60_000;
  const times = Array.from({ length: 300 }, (_, index) => index * minute);
  const on = (from, to) => (index) => index >= from && index < to;
  const values = (...spans) => times.map((_, index) => (spans.some((span) => span(index)) ? 1 : null));
  const answer = { times, series: [
    { labels: { __name__: 'ALERTS', alertname: 'Slow', alertstate: 'firing', severity: 'warning', model: 'a' }, values: values(on(0, 10), on(30, 35), on(200, 210)) },
    { labels: { __name__: 'ALERTS', alertname: 'Slow', alertstate: 'firing', severity: 'critical', model: 'b' }, values: values(on(5, 6)) },
    { labels: { __name__: 'ALERTS', alertname: 'Down', alertstate: 'firing', severity: 'critical' }, values: values(on(0, 300)) },
  ] };
  assert.deepEqual(firingsByRule(spansOf(matrixOf(answer), 60)), [
    { name: 'Slow', severity: 'critical', firings: 4, firing: 26 * minute, longest: 10 * minute, flaps: 1, alerts: 2 },
    { name: 'Down', severity: 'critical', firings: 1, firing: 300 * minute, longest: 300 * minute, flaps: 0, alerts: 1 },
  ]);
});

test('hours of the day are means over the days, in the zone of the page', () => {
  const hour = 3_600_000;
  const profile = hourProfile([[0, 4], [hour, 1], [24 * hour, 8], [25 * hour, 3]], 'UTC');
  assert.deepEqual(profile.slice(0, 3), [6, 2, null]);
  assert.equal(hourProfile([[0, 4]], 'Asia/Tokyo')[9], 4);
});

test('texts know bold, code, lists and links, and only links that are addresses', () => {
  assert.deepEqual(blocks('# Title\n\nSome **bold** text\nand more\n\n- one\n- `two`').map(({ type, items }) => [type, items.length]), [['heading', 1], ['paragraph', 1], ['list', 2]]);
  assert.deepEqual(inlinePieces('see [here](?page=alerts), not [there](javascript:x)'), [
    { type: 'text', text: 'see ' }, { type: 'link', text: 'here', href: '?page=alerts' }, { type: 'text', text: ', not ' }, { type: 'text', text: '[there](javascript:x)' },
  ]);
  assert.deepEqual(inlinePieces('<b>a</b> //x'), [{ type: 'text', text: '<b>a</b> //x' }]);
});
