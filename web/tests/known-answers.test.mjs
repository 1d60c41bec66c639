import test from 'node:test';
import assert from 'node:assert/strict';
import { KnownAnswers } from '../app/known-answers.js';
import { planBatch } from '../app/batch-plan.js';

const question = (from) => ({ from, to: 'now', measures: ['count'] });

test('an unchanged answer is the one that was known, also when the range has moved on', () => {
  const known = new KnownAnswers();
  assert.deepEqual(known.mark(question('a')), question('a'));
  const answer = { rows: [[1]], hash: 'x' };
  assert.equal(known.take(question('a'), answer), answer);
  assert.equal(known.mark(question('b')).known, 'x');
  assert.equal(known.take(question('b'), { unchanged: true, hash: 'x' }), answer);
});

test('the oldest questions are forgotten', () => {
  const known = new KnownAnswers();
  for (let index = 0; index < 300; index += 1) known.take({ measures: [`${index}`] }, { hash: 'x', rows: [] });
  assert.equal(known.mark({ measures: ['0'] }).known, undefined);
  assert.equal(known.mark({ measures: ['299'] }).known, 'x');
});

test('questions to series are sent as they are, equal ones once', () => {
  const plan = planBatch([{ promql: 'up', every: '15s' }, { measures: ['count'] }, { promql: 'up', every: '15s' }]);
  assert.deepEqual(plan.queries, [{ promql: 'up', every: '15s' }, { measures: ['count'] }]);
  assert.deepEqual(plan.take(['a', { columns: [{}], rows: [] }]).filter((item) => item === 'a').length, 2);
});
