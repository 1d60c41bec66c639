import test from 'node:test';
import assert from 'node:assert/strict';
import { both, chosenValues, clauses, fieldClause, filterIn, filterOut, negate, quote, setValues, tokenize, unquote, withNegated, withoutClause }
  from '../app/filter-text.js';
import { complete, contextAt } from '../app/completion.js';

test('a filter is cut at its top-level ands', () => {
  const parts = clauses('provider: openai and status >= 500 and not client: batch-*');
  assert.deepEqual(parts.map((p) => [p.text, p.negated, p.field, p.operator, p.values]), [
    ['provider: openai', false, 'provider', ':', ['openai']],
    ['status >= 500', false, 'status', '>=', null],
    ['not client: batch-*', true, 'client', ':', null],
  ]);
});

test('a filter joined by or is one part', () => {
  assert.deepEqual(clauses('a: 1 or b: 2 and c: 3').map((p) => p.text), ['a: 1 or b: 2 and c: 3']);
  assert.deepEqual(clauses('(a: 1 or b: 2) and c: 3').map((p) => [p.text, p.field]), [['(a: 1 or b: 2)', null], ['c: 3', 'c']]);
});

test('lists and quoted values are read', () => {
  assert.deepEqual(clauses('model: (gpt-4o or "a \\"b\\" or c")')[0].values, ['gpt-4o', 'a "b" or c']);
  assert.equal(clauses('model: (a and b)')[0].values, null);
  assert.deepEqual(clauses('model: (a, b)')[0].values, ['a', 'b']);
  assert.deepEqual(clauses('status: [500 to 599] and a: 1').map((p) => [p.text, p.values]), [['status: [500 to 599]', null], ['a: 1', ['1']]]);
  assert.deepEqual(tokenize('x: "open').map((t) => t.type), ['word', 'operator', 'string']);
  assert.equal(unquote({ type: 'string', text: '"a\\\\b"' }), 'a\\b');
});

test('values are quoted only where they must be', () => {
  const cases = [['openai', 'openai'], ['/v1/chat', '/v1/chat'], ['a b', '"a b"'], ['and', '"and"'], ['x*', '"x*"'], ['say "hi"', '"say \\"hi\\""'], ['a:b', '"a:b"'], [429, '429'], ['', '""']];
  for (const [value, written] of cases) assert.equal(quote(value), written);
  for (const [value] of cases) assert.equal(unquote(tokenize(quote(value))[0]), String(value));
});

test('a clicked value narrows, replaces an earlier choice and keeps the rest', () => {
  assert.equal(filterIn('', 'provider', 'openai'), 'provider: openai');
  assert.equal(filterIn('provider: (a or b) and status >= 500', 'provider', 'b'), 'status >= 500 and provider: b');
  assert.equal(filterIn('a: 1 or b: 2', 'provider', 'x'), '(a: 1 or b: 2) and provider: x');
  assert.equal(filterIn('', 'model', null), 'not model: *');
  assert.equal(filterIn('not model: *', 'model', 'x'), 'model: x');
  assert.equal(filterIn('not client: a', 'client', 'b'), 'not client: a and client: b');
});

test('a value is filtered out once', () => {
  assert.equal(filterOut('provider: openai', 'provider', 'openai'), 'not provider: openai');
  assert.equal(filterOut('not client: a', 'client', 'a'), 'not client: a');
  assert.equal(filterOut('', 'model', null), 'model: *');
});

test('multiple choices are written as one list and read back', () => {
  const where = setValues('status >= 500', 'client', ['a', 'b c']);
  assert.equal(where, 'status >= 500 and client: (a or "b c")');
  assert.deepEqual(chosenValues(where, 'client'), ['a', 'b c']);
  assert.equal(setValues(where, 'client', []), 'status >= 500');
  assert.equal(fieldClause('m', ['a', null]), '(m: a or not m: *)');
});

test('parts are removed and turned round', () => {
  const where = 'a: 1 and not b: 2 and (c: 3 or d: 4)';
  assert.equal(withoutClause(where, 1), 'a: 1 and (c: 3 or d: 4)');
  assert.equal(withNegated(where, 0), 'not a: 1 and not b: 2 and (c: 3 or d: 4)');
  assert.equal(withNegated(where, 1), 'a: 1 and b: 2 and (c: 3 or d: 4)');
  assert.equal(negate('a: 1 or b: 2'), 'not (a: 1 or b: 2)');
});

test('joining two filters keeps their meaning', () => {
  assert.equal(both('a: 1 or b: 2', 'c: 3'), '(a: 1 or b: 2) and c: 3');
  assert.equal(both('', ' c: 3 '), 'c: 3');
  assert.equal(both('a: (x or y)', 'c: 3'), 'a: (x or y) and c: 3');
});

test('completion knows what comes next', () => {
  const cases = [
    ['', 'field', '', null], ['pro', 'field', 'pro', null], ['provider', 'field', 'provider', null], ['provider ', 'operator', '', 'provider'],
    ['provider: ', 'value', '', 'provider'], ['provider: op', 'value', 'op', 'provider'], ['provider: openai ', 'join', '', 'provider'],
    ['provider: openai and ', 'field', '', null], ['not cl', 'field', 'cl', null], ['client: (a or ', 'value', '', 'client'],
    ['client: (a or b) ', 'join', '', 'client'], ['status >= ', 'value', '', 'status'], ['client: "a b', 'value', 'a b', 'client'], ['(model', 'field', 'model', null],
  ];
  for (const [text, expect, prefix, field] of cases) {
    const context = contextAt(text, text.length);
    assert.deepEqual([context.expect, context.prefix, context.field], [expect, prefix, field], text);
  }
});

test('a suggestion replaces the word at the cursor', () => {
  const text = 'prov and status >= 500';
  assert.deepEqual(complete(text, contextAt(text, 4), 'provider: '), { text: 'provider: and status >= 500', cursor: 10 });
});
