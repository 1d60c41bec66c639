// Where the time of one request went: the gateway's own part, waiting for the first token, and the rest of the answer.

import { h } from '../dom.js';
import { format } from '../format.js';
import { timingParts } from './timing-parts.js';

/** The bar of a record, as long as its duration on a scale that ends at `longest` seconds; longer ones are cut and marked so. */
export function waterfall(record, longest) {
  const parts = timingParts(record);
  if (parts.length === 0) return null;
  const text = parts.map((part) => `${part.name} ${format(part.seconds, 's')}`).join(', ');
  return h('span', { class: 'waterfall', title: text },
    h('span',
      { class: `waterfall-track${record.duration > longest ? ' beyond' : ''}`, 'aria-hidden': 'true' },
      parts.map((part) => h('i', { class: `part-${part.key}`, style: { width: `${(part.seconds / Math.max(longest, 1e-9)) * 100}%` } })),
    ),
    h('span', { class: 'waterfall-total' }, format(record.duration, 's')));
}

/** The bar of one record at full width with its parts named below. */
export function waterfallDetail(record) {
  const parts = timingParts(record);
  if (parts.length === 0) return null;
  return h('div', { class: 'waterfall-detail' },
    h('div', { class: 'waterfall-track' },
      parts.map((part) => h('i', { class: `part-${part.key}`, style: { width: `${(part.seconds / record.duration) * 100}%` } })),
    ),
    h('ul', {},
      parts.map((part) => h('li', {},
        h('span', { class: `swatch part-${part.key}` }),
        `${part.name} `,
        h('b', {}, format(part.seconds, 's')),
        h('span', { class: 'muted' }, ` ${format(part.seconds / record.duration, 'ratio')}`),
      )),
    ));
}
