import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSES, classLimits, classOf, colorIndex, countryName } from '../app/charts/map-scale.js';

test('values far apart are classed by their logarithm, near ones evenly', () => {
  const wide = classLimits([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
  assert.deepEqual(wide, [16, 250, 4000, 63_000, 1_000_000]);
  assert.deepEqual(classLimits([1, 2, 3, 4, 5, 6]), [2, 3, 4, 5, 6]);
});

test('every value has a class whose limits hold it, and the largest has the darkest colour', () => {
  for (const values of [[5], [0, 0], [0, 3], [0.02, 0.021], [1, 1, 2], [3, 1e9, 17, 400, 5e6, 12, 99, 7]]) {
    const limits = classLimits(values);
    assert.ok(limits.length >= 1 && limits.length <= CLASSES);
    assert.deepEqual(limits, [...limits].sort((a, b) => a - b));
    for (const value of values) {
      const number = classOf(value, limits);
      assert.ok(value <= limits[number] && (number === 0 || value > limits[number - 1]), `${value} in ${limits}`);
    }
    assert.equal(colorIndex(classOf(Math.max(...values), limits), limits), CLASSES);
  }
  assert.deepEqual(classLimits([]), []);
});

test('countries have names, also those that are none', () => {
  assert.equal(countryName('DE'), 'Germany');
  assert.equal(countryName('private'), 'Private networks');
  assert.equal(countryName(null), 'Not known');
  assert.equal(countryName('_other'), '_other');
  assert.equal(countryName('<b>'), '<b>');
});
