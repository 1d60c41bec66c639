import test from 'node:test';
import assert from 'node:assert/strict';
import { changedKeys, decodeState, DEFAULT_STATE, encodeState } from '../app/url-state.js';

test('the default state has an empty URL', () => {
  assert.equal(encodeState({ ...DEFAULT_STATE }), '');
  assert.deepEqual(decodeState(''), { ...DEFAULT_STATE });
});

test('a state survives its URL', () => {
  const states = [
    { page: 'requests', view: 'records', from: 'now-1d/d', to: 'now/d', tz: 'Europe/Berlin', where: 'model: "a&b=c#d" and not client: x*', sort: '-duration' },
    { only: { volume: ['a,b', 'c\\d'], status: ['5xx'] }, option: { movers: 'client' }, table: ['volume'], folded: ['x', 'y'], cols: ['time', 'cost'], open: 'AAAB/+=', full: 'traffic' },
    { where: 'client: "\u00e9 \u65e5\u672c + %41"' },
    { span: '2026-03-05T15:00Z~2026-03-05T16:00Z', measure: 'ratio(status >= 500)', within: 'stream: true', compare: 'off', overlay: 'all', refresh: '30s', legend: 'last', density: 'compact', kiosk: '1', snapshot: 's1', bare: ['a'], hide: ['note'], examples: ['b'] },
  ];
  for (const patch of states) {
    const state = { ...DEFAULT_STATE, ...patch };
    assert.deepEqual(decodeState(encodeState(state)), state);
  }
});

test('links stay readable', () => {
  assert.equal(encodeState({ ...DEFAULT_STATE, from: 'now-6h', where: 'provider: openai' }), '?from=now-6h&where=provider:+openai');
});

test('impossible pages and unknown keys fall back to the default', () => {
  assert.deepEqual(decodeState('?page=No+where&compare=x&foo=bar'), { ...DEFAULT_STATE });
  assert.equal(decodeState('?page=my-own-2').page, 'my-own-2');
});

test('chosen values of variables survive', () => {
  const state = { ...DEFAULT_STATE, page: 'provider', vars: { provider: ['openai', 'a,b'] } };
  assert.deepEqual(decodeState(encodeState(state)), state);
});

test('changes are found by value', () => {
  assert.deepEqual(changedKeys({ ...DEFAULT_STATE }, { ...DEFAULT_STATE, only: {} }), []);
  assert.deepEqual(changedKeys({ ...DEFAULT_STATE }, { ...DEFAULT_STATE, only: { a: ['b'] }, where: 'x: 1' }), ['where', 'only']);
});
