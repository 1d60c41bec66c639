// A unified diff, line by line, with words for who does not see colours.

import { h } from '../dom.js';

const KINDS = { '+': 'added', '-': 'removed', '@': 'place' };

/** @param {string} diff  a unified diff; empty for no difference */
export function diffView(diff) {
  if (!diff) return h('p', { class: 'muted' }, 'There is no difference.');
  const lines = diff.split('\n').slice(2);
  if (lines.at(-1) === '') lines.pop();
  return h('pre', { class: 'diff', tabindex: '0', 'aria-label': 'Difference' }, lines.map((line) => h('span', { class: `diff-line diff-${KINDS[line[0]] ?? 'same'}` }, `${line}\n`)));
}
