// Views of the requests list that a person has named: columns, order, density, filter, and where wanted the range. Kept in this browser.

import { h } from '../dom.js';
import { icon } from '../icons.js';
import { openDialog, openPopover, toast } from '../popover.js';
import { current, navigate } from '../router.js';
import { viewOf, withView, withoutView } from './view-list.js';

const KEY = 'gatewatch.views';

/** The saved views, by name. */
export function savedViews() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(list) ? list : [];
  } catch { return []; }
}

function keep(list) {
  try { localStorage.setItem(KEY, JSON.stringify(list)); return true; } catch { toast('This browser does not keep views'); return false; }
}

/** The state that shows a saved view. */
export function stateOfView({ state }) {
  return { page: 'requests', view: 'records', open: '', full: '', ...state };
}

/** Opens the list of views, with a field to save the present one. */
export function openViews(anchor) {
  const views = savedViews();
  const row = (view) => h('li', {},
    h('button', { type: 'button', class: 'plain view-name', onclick: () => { close(); navigate(stateOfView(view)); } }, icon('star'), view.name),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${view.name}`, onclick: () => { if (keep(withoutView(savedViews(), view.name))) { close(); openViews(anchor); } } }, icon('close')));
  const { close } = openPopover(anchor, h('div', { class: 'facet-box' },
    views.length ? h('ul', { class: 'view-list' }, views.map(row)) : h('p', { class: 'muted' }, 'No view is saved yet.'),
    h('div', { class: 'facet-foot' }, h('button', { type: 'button', class: 'button', onclick: () => { close(); save(); } }, icon('plus'), 'Save this view'))), { label: 'Saved views' });
}

function save() {
  const name = h('input', { type: 'text', required: true, maxlength: '60', placeholder: 'Slow requests of search' });
  const withRange = h('input', { type: 'checkbox' });
  const close = openDialog('Save this view', h('form', {
    class: 'form', onsubmit: (event) => {
      event.preventDefault();
      if (!name.value.trim()) return;
      if (keep(withView(savedViews(), viewOf(name.value.trim(), current(), withRange.checked)))) toast('View saved');
      close();
    },
  }, h('label', { class: 'field' }, h('span', {}, 'Name'), name), h('label', { class: 'radio' }, withRange, 'With the time range'),
  h('p', { class: 'muted' }, 'Filter, columns, order and density are kept in this browser. To give a view to others, share its link.'),
  h('div', { class: 'form-foot' }, h('button', { type: 'submit', class: 'button primary' }, 'Save'))));
  name.focus();
}
