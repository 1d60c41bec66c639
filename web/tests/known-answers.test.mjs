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

test('the same question about the time before has an answer of its own', () => {
  const known = new KnownAnswers();
  const at = (hours) => ({ from: new Date(Date.now() - (hours + 1) * 3.6e6).toISOString(), to: new Date(Date.now() - hours * 3.6e6).toISOString(), measures: ['count'] });
  const [now, before] = [{ rows: [[2]], hash: 'now' }, { rows: [[1]], hash: 'before' }];
  known.take(at(0), now);
  known.take(at(1), before);
  assert.equal(known.mark(at(0)).known, 'now');
  assert.equal(known.mark(at(1)).known, 'before');
  const [first, second] = [at(0), at(1)];
  known.mark(first);
  known.mark(second);
  known.take(first, { rows: [[3]], hash: 'newer' });
  assert.equal(known.take(second, { unchanged: true, hash: 'before' }), before);
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
