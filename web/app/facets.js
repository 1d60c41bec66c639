// Choices for the fields people filter by most: several values at once, with counts, written into the filter as one list.

import { query } from './api.js';
import { h, replace } from './dom.js';
import { chosenValues, setValues } from './filter-text.js';
import { format } from './format.js';
import { icon } from './icons.js';
import { colorOf } from './palette.js';
import { openPopover } from './popover.js';
import { current, navigate, onNavigate, zone } from './router.js';
import { clauses } from './filter-text.js';

const FACETS = [['provider', 'Provider'], ['model', 'Model'], ['client', 'Client'], ['path', 'Endpoint'], ['status', 'Status']];
const VALUES_MAX = 200;

/** The row of choices. */
export function facets() {
  const row = h('div', { class: 'facets', role: 'group', 'aria-label': 'Filter by field' });
  const draw = () => replace(row, FACETS.map(([field, label]) => {
    const chosen = chosenValues(current().where, field);
    return h('button', {
      type: 'button',
      class: `facet${chosen.length ? ' chosen' : ''}`,
      dataset: { field },
      'aria-haspopup': 'dialog',
      onclick: (event) => open(event.currentTarget, field, label),
    },
      chosen.length === 1 ? `${label}: ${chosen[0]}` : chosen.length ? `${label}: ${chosen.length}` : label, icon('down'));
  }));
  onNavigate((_, changed) => { if (changed.has('where')) draw(); });
  draw();
  return row;
}

async function open(anchor, field, label) {
  const search = h('input', { type: 'search', placeholder: `Find ${label.toLowerCase()}`, 'aria-label': `Find ${label.toLowerCase()}` });
  const list = h('div', { class: 'facet-list', role: 'group', 'aria-label': label }, h('p', { class: 'muted' }, 'Loading\u2026'));
  const chosen = new Set(chosenValues(current().where, field));
  const before = [...chosen].join('\n');
  const { close, place } = openPopover(anchor, h('div', { class: 'facet-box' }, search, list,
    h('div', { class: 'facet-foot' },
      h('button', { type: 'button', class: 'button', onclick: () => { chosen.clear(); close(); } }, 'Clear'),
      h('button', { type: 'button', class: 'button primary', onclick: () => close() }, 'Apply'),
    )), {
    label: `Filter by ${label}`,
    onclose: () => { if ([...chosen].join('\n') !== before) navigate({ where: setValues(current().where, field, [...chosen]), open: '' }); },
  });
  search.focus();
  let values = [];
  const draw = () => {
    const find = search.value.toLowerCase();
    const shown = values.filter(({ value }) => value.toLowerCase().includes(find));
    replace(list, shown.map(({ value, count }) => h('label', { class: 'facet-value' },
      h('input',
        { type: 'checkbox', checked: chosen.has(value), onchange: (event) => (event.target.checked ? chosen.add(value) : chosen.delete(value)) },
      ),
      h('span',
        { class: 'swatch', style: { background: colorOf(field, value) } },
      ), h('span', { class: 'facet-name' }, value), h('span', { class: 'muted number' }, format(count, '1')))),
    shown.length === 0 && h('p', { class: 'muted' }, 'No such value in this range'));
  };
  search.addEventListener('input', draw);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { const first = list.querySelector('input'); if (search.value && first) { first.click(); } close(); }
    if (event.key === 'ArrowDown') { event.preventDefault(); list.querySelector('input')?.focus(); }
  });
  try {
    values = await facetValues(field);
    for (const value of chosen) if (!values.some((item) => item.value === value)) values.unshift({ value, count: 0 });
    draw();
    place();
  } catch (error) { replace(list, h('p', { class: 'muted' }, error.message)); }
}

// Counts within the range and the other parts of the filter, so that a choice never leads to nothing.
async function facetValues(field) {
  const { from, to, where } = current();
  const others = clauses(where).filter((part) => part.field !== field).map((part) => part.text).join(' and ');
  const answer = await query({ from, to, time_zone: zone(), measures: ['count'], by: [field], limit: VALUES_MAX, ...(others && { where: others }) });
  return answer.rows.filter(([value]) => value !== null).map(([value, count]) => ({ value: String(value), count }));
}
