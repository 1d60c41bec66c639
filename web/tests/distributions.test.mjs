import test from 'node:test';
import assert from 'node:assert/strict';
import { nameOf, planBatch } from '../app/batch-plan.js';
import { bucketTimes } from '../app/charts/bucket-times.js';
import { cellStrength, matrixModel } from '../app/charts/matrix-model.js';
import { comparable, costAt, partsOf } from '../app/charts/model-prices.js';
import { MARKED_RANKS, rankPosition, RANKS } from '../app/charts/rank-scale.js';
import { histogramMeasure, occupiedSlots, shadeStep, shadeSteps, slotClause, slotMarks, slotName, slotPosition } from '../app/charts/slots.js';

const bounds = [0.1, 0.2, 0.5, 1, 2, 5, 10];

test('a slot is called and filtered as the server counts: above the bound before, up to its own', () => {
  assert.equal(slotClause('duration', { low: 0.5, high: 1 }), 'duration > 0.5 and duration <= 1');
  assert.equal(slotClause('duration', { low: null, high: 0.1 }), 'duration <= 0.1');
  assert.equal(slotClause('duration', { low: 10, high: null }), 'duration > 10');
  assert.equal(slotName({ low: null, high: 0.1 }, 's'), 'up to 100\u202fms');
  assert.equal(slotName({ low: 10, high: null }, 's'), 'above 10\u202fs');
  assert.equal(histogramMeasure('cost'), 'histogram(cost)');
  assert.equal(histogramMeasure('cost', [1, 2]), 'histogram(cost, 1, 2)');
});

test('what is empty on both sides is cut off but for one slot, alike for all rows', () => {
  const { slots, rows } = occupiedSlots(bounds, [[0, 0, 3, 0, 0, 0, 0, 0], [0, 0, 0, 0, 7, 0, 0, 0]], 50);
  assert.deepEqual(slots, [{ low: 0.1, high: 0.2 }, { low: 0.2, high: 0.5 }, { low: 0.5, high: 1 }, { low: 1, high: 2 }, { low: 2, high: 5 }]);
  assert.deepEqual(rows, [[0, 3, 0, 0, 0], [0, 0, 0, 7, 0]]);
  assert.deepEqual(occupiedSlots(bounds, [[0, 0, 0, 0, 0, 0, 0, 0]], 50), { slots: [], rows: [[]] });
});

test('slots put together lose no count and leave no gap', () => {
  for (const slotsMax of [1, 2, 3, 4, 5, 7, 8, 100]) {
    const row = [1, 0, 2, 0, 30, 4, 0, 5];
    const { slots, rows } = occupiedSlots(bounds, [row], slotsMax);
    assert.ok(slots.length <= slotsMax, `${slotsMax}: ${slots.length}`);
    assert.equal(rows[0].reduce((sum, count) => sum + count, 0), 42);
    assert.equal(slots[0].low, null);
    assert.equal(slots[slots.length - 1].high, null);
    for (let index = 1; index < slots.length; index += 1) assert.equal(slots[index].low, slots[index - 1].high);
  }
});

test('values lie on the axis of slots by their logarithm', () => {
  const slots = [{ low: null, high: 1 }, { low: 1, high: 2 }, { low: 2, high: 8 }, { low: 8, high: null }];
  assert.equal(slotPosition(slots, 1), 1);
  assert.equal(slotPosition(slots, 2), 2);
  assert.equal(slotPosition(slots, 4), 2.5);
  assert.equal(slotPosition(slots, 0.3), 0.5);
  assert.equal(slotPosition(slots, 1e9), 3.5);
});

test('marks stand at bounds, at round ones where they fit, and never exceed their number', () => {
  const steps = [0, 1, 2, 3].flatMap((power) => [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8].map((step) => step * 10 ** power));
  const { slots } = occupiedSlots(steps, [Array(steps.length + 1).fill(1)], 500);
  assert.deepEqual(slotMarks(slots, 12).map((mark) => mark.value), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]);
  assert.deepEqual(slotMarks(slots, 5).map((mark) => mark.value), [1, 10, 100, 1000]);
  for (let countMax = 1; countMax < 20; countMax += 1) {
    const marks = slotMarks(slots, countMax);
    assert.ok(marks.length <= countMax);
    for (const { at, value } of marks) assert.equal(slotPosition(slots, value), at);
  }
});

test('shades grow with counts and each has counts of its own', () => {
  for (const most of [1, 2, 3, 5, 8, 100, 48_123]) {
    const starts = shadeSteps(most, 6);
    assert.equal(starts[0], 1);
    assert.equal(shadeStep(0, starts), 0);
    assert.equal(shadeStep(most, starts), starts.length);
    for (let count = 1; count < Math.min(most, 300); count += 1) assert.ok(shadeStep(count + 1, starts) >= shadeStep(count, starts));
    assert.equal(new Set(starts).size, starts.length);
  }
  assert.deepEqual(shadeSteps(0, 6), []);
});

test('each further nine of the percentiles takes as much room', () => {
  assert.ok(Math.abs(rankPosition(99) - 2 * rankPosition(90)) < 1e-9);
  assert.ok(Math.abs(rankPosition(99.9) - 3 * rankPosition(90)) < 1e-9);
  for (let index = 1; index < RANKS.length; index += 1) assert.ok(rankPosition(RANKS[index]) > rankPosition(RANKS[index - 1]));
  assert.ok(MARKED_RANKS.every((rank) => RANKS.includes(rank)));
  assert.ok(RANKS.length <= 32, 'a question has at most 32 measures');
});

test('cached tokens cost what the list says for them, and the price of input where it says nothing', () => {
  const tokens = { input: 1_000_000, output: 100_000, read: 400_000, written: 100_000 };
  assert.equal(costAt(tokens, { input: 2, output: 10, cached_input: 0.5, cache_write: 2.5 }), 0.5 * 2 + 0.4 * 0.5 + 0.1 * 2.5 + 0.1 * 10);
  assert.ok(Math.abs(costAt(tokens, { input: 2, output: 10, cached_input: null, cache_write: null }) - 3) < 1e-12);
});

test('what was paid for adds up to the cost of the models that have a price, and caches save the difference', () => {
  const price = { input: 2, output: 10, cached_input: 0.5, cache_write: 2.5 };
  const tokens = { input: 1_000_000, output: 100_000, read: 400_000, written: 100_000 };
  const parts = partsOf([{ key: 'p/a', tokens }, { key: 'p/unknown', tokens }], new Map([['p/a', price]]));
  assert.ok(Math.abs(parts.input + parts.read + parts.written + parts.output - costAt(tokens, price)) < 1e-12);
  assert.ok(Math.abs(parts.saved - 0.6) < 1e-12);
  assert.equal(parts.priced, 1);
});

test('models are compared by the price that holds now, once each, and only those that can write', () => {
  const price = (model, more) => ({ provider: 'p', model, input: 1, output: 2, cached_input: null, cache_write: null, valid_from: null, ...more });
  const prices = [price('a'), price('a', { valid_from: '2026-01-01', input: 3 }), price('a', { valid_from: '2027-01-01', input: 9 }), price('a-20250101'), price('b-2025-01-01'), price('embed', { output: 0 })];
  const names = (options) => comparable(prices, { used: new Set(), search: '', hasOutput: true, now: Date.UTC(2026, 5, 1), ...options }).map((item) => `${item.model} ${item.input}`);
  assert.deepEqual(names({}), ['a 3']);
  assert.deepEqual(names({ used: new Set(['p/b-2025-01-01']) }), ['a 3', 'b-2025-01-01 1']);
  assert.deepEqual(names({ search: '2025' }), ['a-20250101 1', 'b-2025-01-01 1']);
  assert.deepEqual(names({ hasOutput: false }), ['a 3', 'embed 1']);
});

test('a matrix has its largest rows first, numbers in order, and shades by row or by all', () => {
  const model = matrixModel([['x', 500, 3], ['x', 200, 7], ['y', 200, 90], ['_other', '_other', 1000], ['z', null, 1]], 0, 2);
  assert.deepEqual(model.rows.map((row) => row.value), ['y', 'x']);
  assert.deepEqual(model.columns, [200, 500]);
  assert.equal(model.sum, 100);
  assert.deepEqual(matrixModel([['x', 'small', 1], ['x', 'large', 5]], 0, 9).columns, ['large', 'small']);
  assert.equal(cellStrength(100, 100, 100, { logarithmic: true, isCount: true }), 1);
  assert.equal(cellStrength(1, 100, 100, { logarithmic: true, isCount: true }), 0.5);
  assert.equal(cellStrength(50, 1000, 100, { logarithmic: false, isCount: false }), 0.5);
  assert.equal(cellStrength(0, 0, 0, { logarithmic: false, isCount: false }), 0);
});

test('the times of an answer that is asked for a fixed range know which bucket is cut', () => {
  const answer = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:02:30Z', every_seconds: 60, rows: [0, 60_000, 120_000].map((ms) => [Date.UTC(2026, 0, 1) + ms, []]) };
  const { ends, openIndex } = bucketTimes(answer);
  assert.equal(ends[2] - Date.UTC(2026, 0, 1), 180_000);
  assert.equal(openIndex, 2);
});

test('questions are not put together beyond what one may measure', () => {
  const base = { from: 'a', to: 'b' };
  const queries = [{ ...base, measures: ['count'] }, { ...base, measures: RANKS.map((rank) => `p${rank}(duration)`) }, { ...base, measures: RANKS.map((rank) => `p${rank}(ttft)`) }];
  const plan = planBatch(queries);
  assert.ok(plan.queries.every((query) => query.measures.length <= 32));
  const results = plan.queries.map((query) => ({ columns: query.measures.map((name) => ({ name })), rows: [query.measures] }));
  assert.deepEqual(plan.take(results).map((answer) => answer.rows[0]), queries.map((query) => query.measures));
});

test('a measure may be named with blanks', () => {
  assert.equal(nameOf('count as "all \\"calls\\""'), 'all "calls"');
  assert.equal(nameOf('count as n'), 'n');
  assert.equal(nameOf('p95(duration)'), 'p95(duration)');
});
