import test from 'node:test';
import assert from 'node:assert/strict';
import { foldWeek } from '../app/charts/fold-week.js';
import { moverRows } from '../app/charts/mover-rows.js';
import { timeTicks } from '../app/charts/ticks.js';
import { timeOptions } from '../app/charts/time-options.js';
import { bucketQuery, comparedBucketQuery, comparedQuery, wholeQuery } from '../app/queries.js';
import { timingParts } from '../app/requests/timing-parts.js';

const hour = 3_600_000;
const at = (...fields) => Date.UTC(...fields);

test('marks stand on round wall-clock times of the zone and never exceed their number', () => {
  const labels = (from, to, count, zone) => timeTicks(from, to, count, zone).map((tick) => tick.label);
  assert.deepEqual(labels(at(2026, 2, 5, 14, 7), at(2026, 2, 5, 15, 7), 5, 'UTC'), ['14:15', '14:30', '14:45', '15:00']);
  assert.deepEqual(labels(at(2026, 2, 5, 9), at(2026, 2, 6, 9), 5, 'Asia/Kolkata'), ['18:00', '6 Mar', '06:00', '12:00']);
  assert.deepEqual(labels(at(2026, 0, 15), at(2026, 3, 15), 4, 'UTC'), ['Feb', 'Mar', 'Apr']);
  for (let length = 20_000; length < 4e10; length *= 1.7) assert.ok(timeTicks(at(2026, 2, 5), at(2026, 2, 5) + length, 6, 'Europe/Berlin').length <= 7);
});

test('marks stay on round hours across a clock change', () => {
  const ticks = timeTicks(at(2026, 2, 28, 23), at(2026, 2, 29, 22), 8, 'Europe/Berlin');
  assert.deepEqual(ticks.map((tick) => tick.label), ['29 Mar', '04:00', '07:00', '10:00', '13:00', '16:00', '19:00', '22:00', '30 Mar']);
});

test('hours are folded onto the week of the zone and cut hours do not pull the mean down', () => {
  const monday = at(2026, 2, 2, 12);
  const rows = [[monday, 10], [monday + 7 * 24 * hour, 20], [monday + 14 * 24 * hour, 1]];
  const cells = foldWeek(rows, monday, monday + 14 * 24 * hour + hour / 2, 'Europe/Berlin');
  assert.equal(cells[0][13].mean, 15);
  assert.equal(cells[0][13].times.length, 3);
  assert.equal(cells[1][0].mean, null);
});

test('movers are ordered by what touches most requests, and the stopped stay listed', () => {
  const now = [['big', 1000, 0.01, 1, 5], ['tiny', 20, 0, 1, 0], ['broken', 300, 0.5, 1, 1]];
  const before = [['big', 1000, 0.01, 1, 5], ['tiny', 2, 0, 1, 0], ['broken', 300, 0.01, 1, 1], ['gone', 500, 0, 1, 2]];
  const rows = moverRows(now, before);
  assert.deepEqual(rows.map((row) => row.value), ['broken', 'gone', 'tiny', 'big']);
  assert.deepEqual([rows[1].count, rows[1].countBefore, rows[1].p95], [0, 500, null]);
});

test('the parts of a request add up to its duration', () => {
  const cases = [
    [{ duration: 2, gateway_overhead: 0.1, ttft: 0.5 }, ['gateway', 'wait', 'stream']], [{ duration: 2, upstream_duration: 1.9 }, ['gateway', 'upstream']],
    [{ duration: 2 }, ['upstream']], [{ duration: 1, gateway_overhead: 5 }, ['gateway']], [{ duration: 1, ttft: 3, gateway_overhead: 0.2 }, ['gateway', 'upstream']], [{}, []], [{ duration: 0 }, []],
  ];
  for (const [record, keys] of cases) {
    const parts = timingParts(record);
    assert.deepEqual(parts.map((part) => part.key), keys, JSON.stringify(record));
    if (keys.length) assert.ok(Math.abs(parts.reduce((sum, part) => sum + part.seconds, 0) - record.duration) < 1e-12);
  }
});

const wish = { range: { from: at(2026, 2, 5, 15, 3, 20), to: at(2026, 2, 5, 16, 3, 20) }, zone: 'UTC', where: 'a: 1 or b: 2', compare: 'period' };

test('the page\u2019s filter and the panel\u2019s both hold', () => {
  assert.equal(wholeQuery({ measures: ['count'], where: 'stream: true' }, wish).where, '(a: 1 or b: 2) and stream: true');
  assert.equal('where' in wholeQuery({ measures: ['count'] }, { ...wish, where: '' }), false);
});

test('buckets begin whole and the compared ones line up with them', () => {
  const query = bucketQuery({ measures: ['count'] }, wish, 300);
  assert.deepEqual([query.from, query.every], ['2026-03-05T15:03:00.000Z', '1m']);
  const compared = comparedBucketQuery({ measures: ['count'] }, wish, 300);
  assert.equal((Date.parse(query.from) - Date.parse(compared.from)) % 60_000, 0);
  assert.ok(Date.parse(compared.to) <= Date.parse(query.from) + 60_000);
});

test('the compared range is the same length just before', () => {
  const compared = comparedQuery({ measures: ['count'] }, wish);
  assert.deepEqual([compared.from, compared.to], ['2026-03-05T14:03:20.000Z', '2026-03-05T15:03:20.000Z']);
});

const palette = { text: '#111', muted: '#666', line: '#ccc', faint: '#eee', panel: '#ffffff', warning: '#8f5b00', critical: '#b3261e', font: 'sans', scale: 1 };

function marksOf(thresholds) {
  const model = { times: [0, 60_000], ends: [60_000, 120_000], openIndex: 2, series: [{ name: 'p95', values: [80, 90] }] };
  const options = timeOptions(model, { unit: 's', thresholds, options: {} }, { colors: palette, zone: 'UTC', width: 600, shown: () => true, colorOf: () => '#1f63d6' });
  return options.series.at(-1);
}

/** How strongly a colour of a gradient covers what lies under it. */
const opacities = ({ colorStops }) => colorStops.map(({ color }) => Number(/([\d.]+)\)$/.exec(color)[1]));

test('the zone beyond the last limit fades away from it, up or down', () => {
  for (const [thresholds, from] of [[{ warning: 2, critical: 5 }, 1], [{ warning: 2 }, 1], [{ warning: 0.99, critical: 0.95, below: true }, 0]]) {
    const last = marksOf(thresholds).markArea.data.at(-1)[0].itemStyle.color;
    assert.equal(last.y, from);
    assert.deepEqual(opacities(last), [...opacities(last)].sort((a, b) => b - a));
    assert.ok(opacities(last)[0] <= 0.08 && opacities(last).at(-1) <= 0.02, String(opacities(last)));
  }
});

test('words of limits stand on the panel in full strength', () => {
  for (const { label } of marksOf({ warning: 2, critical: 5 }).markLine.data) {
    assert.equal(label.opacity, 1);
    assert.equal(label.backgroundColor, palette.panel);
  }
});
