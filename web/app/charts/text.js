// A text among the panels.

import { h } from '../dom.js';
import { blocks } from './markdown.js';

export const textKind = {
  queries: () => [],
  /** How complete the requests are says nothing about it. */
  ofRequests: false,
  create: (host, spec) => {
    host.append(h('div', { class: 'text-body' }, blocks(spec.options.markdown ?? '').map(block)));
    return { update() {}, isEmpty: () => false, destroy() {} };
  },
};

function block({ type, level, items }) {
  if (type === 'list') return h('ul', {}, items.map((item) => h('li', {}, item.map(piece))));
  // The panel's own title is a heading of the second or third level.
  return h(type === 'heading' ? `h${Math.min(6, level + 3)}` : 'p', {}, items[0].map(piece));
}

function piece({ type, text, href }) {
  if (type === 'link') return h('a', { href, rel: href.startsWith('http') ? 'noreferrer' : null }, text);
  return type === 'text' ? text : h(type, {}, text);
}
