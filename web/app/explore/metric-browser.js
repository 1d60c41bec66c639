// All metrics with what they mean, to look through and choose from.

import { h, replace } from '../dom.js';
import { openDialog } from '../popover.js';
import { metrics } from './suggestions.js';

/** Entries drawn at once; the search narrows the rest. */
const SHOWN_MAX = 300;

/** Opens the list; `choose(name)` is called with what is clicked. */
export async function browseMetrics(choose) {
  const list = h('ul', { class: 'metric-list' });
  const search = h('input', { type: 'search', class: 'metric-search', placeholder: 'Search names and descriptions', 'aria-label': 'Search metrics', autocomplete: 'off', spellcheck: 'false' });
  const close = openDialog('Metrics', h('div', { class: 'metric-browser' }, search, list), { className: 'dialog-wide' });
  replace(list, h('li', { class: 'muted' }, 'Loading\u2026'));
  let all = [];
  try { all = await metrics(); } catch (error) { replace(list, h('li', { class: 'muted' }, error.message)); return; }
  const draw = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(({ name, help }) => words.every((word) => name.toLowerCase().includes(word) || help.toLowerCase().includes(word)));
    replace(list, found.slice(0, SHOWN_MAX).map(({ name, type, help }) => h('li', {},
      h('button', { type: 'button', class: 'plain', onclick: () => { close(); choose(name); } }, h('code', {}, name), h('span', { class: 'metric-type' }, type), h('span', { class: 'metric-help' }, help)))),
    found.length > SHOWN_MAX && h('li', { class: 'muted' }, `${found.length - SHOWN_MAX} more: narrow the search.`), found.length === 0 && h('li', { class: 'muted' }, 'No metric has these words.'));
  };
  search.addEventListener('input', draw);
  draw();
  search.focus();
}
