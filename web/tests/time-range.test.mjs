import test from 'node:test';
import assert from 'node:assert/strict';
import { alignStart, chooseStep, comparisonShift, rangeLabel, refreshInterval, resolveInstant, resolveRange, shiftRange, steppedRange, zoomOut } from '../app/time-range.js';
import { add, calendar, formatSpan, instant, startOf, zoneLabel } from '../app/zone.js';

const now = Date.UTC(2026, 2, 5, 16, 3, 20, 123); // a Thursday
const at = (...fields) => Date.UTC(...fields);

test('relative times are resolved on the calendar of the zone', () => {
  const cases = [
    ['now', 'UTC', now], ['now-15m', 'UTC', now - 900_000], ['now-1d', 'UTC', now - 86_400_000], ['now/d', 'UTC', at(2026, 2, 5)],
    ['now/d', 'Europe/Berlin', at(2026, 2, 4, 23)], ['now-1d/d', 'America/New_York', at(2026, 2, 4, 5)], ['now/w', 'UTC', at(2026, 2, 2)],
    ['now-1M/M', 'UTC', at(2026, 1, 1)], ['now/y', 'UTC', at(2026, 0, 1)], ['now/h', 'Asia/Kolkata', at(2026, 2, 5, 15, 30)], ['now+1h', 'UTC', now + 3_600_000],
  ];
  for (const [text, zone, expected] of cases) assert.equal(resolveInstant(text, now, zone), expected, `${text} ${zone}`);
});

test('absolute times take the zone unless they carry an offset', () => {
  const cases = [
    ['2026-03-05', 'UTC', at(2026, 2, 5)], ['2026-03-05 16:03', 'Europe/Berlin', at(2026, 2, 5, 15, 3)], ['2026-03-05T16:03Z', 'Europe/Berlin', at(2026, 2, 5, 16, 3)],
    ['2026-03-05T16:03:20.5+02:00', 'UTC', at(2026, 2, 5, 14, 3, 20, 500)], ['1741186980', 'UTC', 1_741_186_980_000], ['1741186980000', 'UTC', 1_741_186_980_000], ['2026-03', 'UTC', at(2026, 2, 1)],
  ];
  for (const [text, zone, expected] of cases) assert.equal(resolveInstant(text, now, zone), expected, text);
});

test('what is no time is refused', () => {
  for (const text of ['', 'yesterday', 'now-', 'now-5x', '2026-13-01', '2026-01-01T25:00', 'nowish']) {
    assert.throws(() => resolveInstant(text, now, 'UTC'), RangeError, text);
  }
  assert.throws(() => resolveRange({ from: 'now', to: 'now-1h' }, now, 'UTC'), /empty/);
});

test('days across a clock change keep the wall clock', () => {
  const zone = 'Europe/Berlin';
  const noon = instant(zone, 2026, 3, 28, 12);
  assert.equal(calendar(add(noon, 1, 'd', zone), zone).hour, 12);
  assert.equal(add(noon, 1, 'd', zone) - noon, 23 * 3_600_000);
  assert.equal(startOf(instant(zone, 2026, 3, 29, 12), 'd', zone), at(2026, 2, 28, 23));
  assert.equal(instant(zone, 2026, 10, 25, 2, 30), at(2026, 9, 25, 0, 30));
  assert.equal(instant(zone, 2026, 3, 29, 2, 30), at(2026, 2, 29, 1, 30));
});

test('the end of a month carries over to a shorter one', () => {
  assert.equal(add(at(2026, 2, 31), -1, 'M', 'UTC'), at(2026, 1, 28));
  assert.equal(add(at(2024, 1, 29), 1, 'y', 'UTC'), at(2025, 1, 28));
});

test('shifting goes back by the length and forward to the present', () => {
  assert.deepEqual(shiftRange({ from: 'now-1h', to: 'now' }, -1, at(2026, 2, 5, 16), 'UTC'), { from: '2026-03-05T14:00Z', to: '2026-03-05T15:00Z' });
  assert.deepEqual(shiftRange({ from: '2026-03-05T14:00Z', to: '2026-03-05T15:00Z' }, 1, at(2026, 2, 5, 15, 30), 'UTC'), { from: 'now-1h', to: 'now' });
  assert.deepEqual(shiftRange({ from: '2026-03-01', to: '2026-03-02' }, 1, now, 'UTC'), { from: '2026-03-02T00:00Z', to: '2026-03-03T00:00Z' });
});

test('zooming out widens around the centre and not beyond the present', () => {
  assert.deepEqual(zoomOut({ from: 'now-1h', to: 'now' }, now, 'UTC'), { from: 'now-3h', to: 'now' });
  assert.deepEqual(zoomOut({ from: '2026-03-05T10:00Z', to: '2026-03-05T12:00Z' }, now, 'UTC'), { from: '2026-03-05T09:00Z', to: '2026-03-05T13:00Z' });
  const clipped = zoomOut({ from: '2026-03-05T14:00Z', to: '2026-03-05T16:00Z' }, at(2026, 2, 5, 16), 'UTC');
  assert.deepEqual(clipped, { from: '2026-03-05T12:00Z', to: '2026-03-05T16:00Z' });
});

test('buckets fit the chart and never exceed their number', () => {
  const cases = [[900_000, '10s'], [3_600_000, '30s'], [6 * 3_600_000, '5m'], [86_400_000, '15m'], [7 * 86_400_000, '2h'], [30 * 86_400_000, '6h'], [365 * 86_400_000, '1w']];
  for (const [length, every] of cases) assert.equal(chooseStep(length, 630).every, every, String(length));
  for (let length = 60_000; length < 4e11; length *= 1.3) assert.ok(length / chooseStep(length, 1200).ms <= 180);
  assert.equal(alignStart(at(2026, 2, 5, 16, 3, 20), { every: '5m', ms: 300_000 }, 'UTC'), at(2026, 2, 5, 16));
});

test('a comparison never overlaps the range', () => {
  assert.equal(comparisonShift(3_600_000, 'period'), 3_600_000);
  assert.equal(comparisonShift(3_600_000, 'day'), 86_400_000);
  assert.equal(comparisonShift(2.5 * 86_400_000, 'day'), 3 * 86_400_000);
  assert.equal(comparisonShift(86_400_000, 'week'), 7 * 86_400_000);
});

test('labels say the range in words', () => {
  assert.equal(rangeLabel({ from: 'now-24h', to: 'now' }, now, 'UTC'), 'Last 24 hours');
  assert.equal(rangeLabel({ from: 'now-1d/d', to: 'now/d' }, now, 'UTC'), 'Yesterday');
  assert.equal(rangeLabel({ from: '2026-03-05T14:00Z', to: '2026-03-05T15:00Z' }, now, 'UTC'), '5 Mar 14:00 \u2013 15:00');
  assert.equal(rangeLabel({ from: 'x', to: 'now' }, now, 'UTC'), 'x \u2013 now');
  assert.equal(formatSpan(at(2026, 2, 1), at(2026, 2, 8), 'UTC'), '1 Mar \u2013 7 Mar 2026');
  assert.equal(zoneLabel('Asia/Kolkata', now), 'Asia/Kolkata (UTC+5:30)');
});

test('long ranges are refreshed more calmly', () => {
  assert.equal(refreshInterval(3_600_000), 1_000);
  assert.ok(refreshInterval(86_400_000) > 1_000);
  assert.ok(refreshInterval(90 * 86_400_000) >= 60_000);
});

test('who looks at the same moving range within a step asks for the same', () => {
  const relative = { from: 'now-1h', to: 'now' };
  const at = (ms) => steppedRange({ from: ms - 3_600_000, to: ms }, relative, 5_000);
  assert.deepEqual(at(1_700_000_000_001), at(1_700_000_004_999));
  assert.deepEqual(at(1_700_000_000_001), { from: 1_699_996_405_000, to: 1_700_000_005_000 });
  assert.deepEqual(at(1_700_000_000_000), { from: 1_699_996_400_000, to: 1_700_000_000_000 });
});

test('ends that do not move with the clock stay where they are', () => {
  const range = { from: 1_700_000_000_123, to: 1_700_000_777_777 };
  assert.deepEqual(steppedRange(range, { from: '2023-11-14', to: '2023-11-15' }, 1_000), range);
  assert.equal(steppedRange(range, { from: '2023-11-14', to: 'now' }, 1_000).from, range.from);
});
