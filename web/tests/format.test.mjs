import test from 'node:test';
import assert from 'node:assert/strict';
import { format, formatAge, formatAxis, formatChange, formatPoints } from '../app/format.js';

const cases = [
  [0.412, 's', '412 ms'], [0.0000042, 's', '4.2 \u00b5s'], [2.3456, 's', '2.35 s'], [0.9996, 's', '1 s'], [125, 's', '2.08 min'], [7300, 's', '2.03 h'], [0, 's', '0 s'],
  [1234, 'req/s', '1.23k req/s'], [0.0412, 'req/s', '0.041 req/s'], [0.0004, 'req/s', '<0.001 req/s'], [9999, '1', '9,999'], [12345, '1', '12.3k'], [999_950, '1', '1M'], [1.5e9, '{token}', '1.5G tok'],
  [0.99982, 'ratio', '99.982 %'], [0.999999, 'ratio', '99.999 %'], [1, 'ratio', '100 %'], [0.00004, 'ratio', '<0.01 %'], [0.0512, 'ratio', '5.12 %'], [0, 'ratio', '0 %'],
  [0.00041, 'USD', '$0.00041'], [1.5, 'USD', '$1.50'], [12345.6, 'USD', '$12,346'], [1_234_567, 'USD', '$1.23M'], [0, 'USD', '$0'], [-2.5, 'USD', '\u2212$2.50'],
  [0.5, 'USD/h', '$0.5 /h'], [11_400, 'USD/month', '$11,400 /month'], [12.5, 'percent', '12.5 %'], [2_500_000, 'By/s', '2.5 MB/s'], [12, '1/s', '12 /s'], [1_250, 'W', '1.25 kW'],
  [61.2, 'Cel', '61.2 \u00b0C'], [90, 'd', '90 d'], [512, 'By', '512 B'], [1536, 'By', '1.54 kB'], [999_700, 'By', '1 MB'], [null, 's', '\u2013'], [undefined, '1', '\u2013'],
];

for (const [value, unit, expected] of cases) {
  test(`${value} ${unit} is ${expected}`, () => assert.equal(format(value, unit).replace(/\u202f/g, ' '), expected));
}

test('axes drop the unit that the title says', () => {
  assert.equal(formatAxis(1500, 'req/s'), '1.5k');
  assert.equal(formatAxis(0.05, 'ratio').replace(/\u202f/g, ' '), '5 %');
});

test('changes are signed and honest about nothing to compare with', () => {
  const plain = (text) => text.replace(/\u202f/g, ' ');
  assert.equal(plain(formatChange(112, 100)), '+12 %');
  assert.equal(plain(formatChange(50, 100)), '\u221250 %');
  assert.equal(formatChange(100.1, 100), 'same');
  assert.equal(formatChange(5, 0), 'new');
  assert.equal(formatChange(3000, 100), '\u00d730');
  assert.equal(formatChange(null, 1), '\u2013');
  assert.equal(plain(formatPoints(0.05, 0.02)), '+3 pp');
});

test('ages read naturally', () => {
  assert.deepEqual([0.2, 4, 200, 7200, 400_000].map((age) => formatAge(age).replace(/\u202f/g, ' ')), ['<1 s', '4 s', '3 min', '2 h', '5 d']);
});
