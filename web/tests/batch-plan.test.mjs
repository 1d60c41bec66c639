import test from 'node:test';
import assert from 'node:assert/strict';
import { nameOf, planBatch } from '../app/batch-plan.js';

const columns = (...names) => names.map((name) => ({ name, kind: 'measure', unit: '1' }));

test('queries over the same records are sent as one', () => {
  const plan = planBatch([
    { from: 1, to: 2, measures: ['count'] }, { from: 1, to: 2, measures: ['p95(duration)', 'count'] }, { from: 0, to: 1, measures: ['count'] },
  ]);
  assert.deepEqual(plan.queries, [{ from: 1, to: 2, measures: ['count', 'p95(duration)'] }, { from: 0, to: 1, measures: ['count'] }]);
  const [first, second, third] = plan.take([{ columns: columns('count', 'p95(duration)'), rows: [[10, 0.5]] }, { columns: columns('count'), rows: [[7]] }]);
  assert.deepEqual(first.rows, [[10]]);
  assert.deepEqual(second.rows, [[0.5, 10]]);
  assert.deepEqual(second.columns.map((column) => column.name), ['p95(duration)', 'count']);
  assert.deepEqual(third.rows, [[7]]);
});

test('rankings are never merged with others, because their order depends on their measure', () => {
  const plan = planBatch([{ by: ['model'], measures: ['count'] }, { by: ['model'], measures: ['sum(cost)'] }, { by: ['model'], measures: ['count'] }]);
  assert.equal(plan.queries.length, 2);
});

test('a failed query fails those that shared it and no others', () => {
  const plan = planBatch([{ from: 1, measures: ['count'] }, { from: 1, measures: ['rate'] }, { from: 2, measures: ['count'] }]);
  const failure = new Error('no');
  assert.deepEqual(plan.take([failure, { columns: columns('count'), rows: [[1]] }]).map((r) => r === failure), [true, true, false]);
});

test('measures are named as the answer names them', () => {
  assert.equal(nameOf('ratio(status >= 500) as failures'), 'failures');
  assert.equal(nameOf('p95(duration)'), 'p95(duration)');
});

test('measures that panels call the same are asked without their names, and have them again in the answer', () => {
  const plan = planBatch([{ from: 1, measures: ['p50(input_tokens) as p50'] }, { from: 1, measures: ['p50(output_tokens) as p50', 'count'] }]);
  assert.deepEqual(plan.queries, [{ from: 1, measures: ['p50(input_tokens)', 'p50(output_tokens)', 'count'] }]);
  const [first, second] = plan.take([{ columns: columns('p50(input_tokens)', 'p50(output_tokens)', 'count'), rows: [[3, 4, 5]] }]);
  assert.deepEqual([first.columns.map((column) => column.name), first.rows], [['p50'], [[3]]]);
  assert.deepEqual([second.columns.map((column) => column.name), second.rows], [['p50', 'count'], [[4, 5]]]);
});
