// The tools of the requests table: which columns, which order, and taking the requests away as a file.

import { exportAddress } from '../api.js';
import { h } from '../dom.js';
import { allFields } from '../fields.js';
import { openMenu, openPopover } from '../popover.js';
import { current, navigate } from '../router.js';
import { DEFAULT_COLUMNS, fieldsFor, headOf, TIMING } from './columns.js';

const ORDERS = [
  ['-time', 'Newest first'],
  ['time', 'Oldest first'],
  ['-duration', 'Slowest first'],
  ['-cost', 'Most expensive first'],
  ['-output_tokens', 'Longest answers first'],
  ['-input_tokens', 'Longest prompts first'],
  ['-status', 'Highest status first'],
];

/** Opens the choice of columns; `shown` are those of now, in order. The choice is kept in the URL. */
export function chooseColumns(anchor, shown) {
  const chosen = new Set(shown);
  const others = [TIMING, ...allFields().map((field) => field.name)].filter((name) => !chosen.has(name));
  const list = h('div', { class: 'facet-list' }, [...shown, ...others].map((name) => columnChoice(name, chosen)));
  const find = h('input', { type: 'search', placeholder: 'Find a field', 'aria-label': 'Find a field' });
  find.addEventListener('input', () => {
    for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(find.value.toLowerCase());
  });
  const usual = h('button', { type: 'button', class: 'button', onclick: () => { chosen.clear(); close(); } }, 'Usual columns');
  const apply = h('button', { type: 'button', class: 'button primary', onclick: () => close() }, 'Apply');
  const { close } = openPopover(anchor, h('div', { class: 'facet-box' }, find, list, h('div', { class: 'facet-foot' }, usual, apply)), {
    label: 'Columns',
    onclose: () => {
      const next = [...chosen].join();
      if (next !== shown.join()) navigate({ cols: next === DEFAULT_COLUMNS.join() ? [] : [...chosen] }, { replace: true });
    },
  });
}

function columnChoice(name, chosen) {
  const summary = allFields().find((field) => field.name === name)?.summary;
  const change = (event) => (event.target.checked ? chosen.add(name) : chosen.delete(name));
  return h('label', { class: 'facet-value', title: summary },
    h('input', { type: 'checkbox', checked: chosen.has(name), onchange: change }),
    h('span', { class: 'facet-name' }, headOf(name)),
    h('span', { class: 'muted' }, name === TIMING ? '' : name));
}

/** Opens the choice of how much room a row takes. */
export function chooseDensity(anchor) {
  openMenu(anchor, [['compact', 'Compact'], ['normal', 'Normal'], ['roomy', 'Roomy']].map(([value, label]) => ({
    label, checked: current().density === value, onclick: () => navigate({ density: value }, { replace: true }),
  })), { heading: 'Rows' });
}

/** Opens the choice of the order. */
export function chooseSort(anchor) {
  const { sort } = current();
  openMenu(anchor, ORDERS.map(([value, label]) => ({ label, checked: sort === value, onclick: () => navigate({ sort: value }) })), { heading: 'Sort by' });
}

/** Opens the downloads of all matching requests; `parameters` name range and filter. */
export function chooseExport(anchor, parameters, columns, heading) {
  const item = (label, more) => ({ label, icon: 'download', href: exportAddress({ ...parameters, ...more }) });
  openMenu(anchor, [
    item('All fields as CSV', { format: 'csv' }),
    item('All fields as NDJSON', { format: 'ndjson' }),
    item('All fields as JSON', { format: 'json' }),
    '-',
    item('Shown columns as CSV', { format: 'csv', fields: fieldsFor(columns) }),
  ], { heading });
}
