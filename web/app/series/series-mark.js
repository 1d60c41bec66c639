// What a panel over series says of itself beside its title: the page's filter does not narrow it.

import { h } from '../dom.js';
import { icon } from '../icons.js';

/** A quiet sign with its words to point at. */
export function seriesMark() {
  const words = 'From series (PromQL): the page\u2019s filter does not narrow it';
  return h('span', { class: 'series-mark', title: words }, icon('code'), h('span', { class: 'visually-hidden' }, words));
}
