// The form of the page itself: its name, its question, its tags, and the choices above its panels.

import { getJSON } from '../api.js';
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { openDialog } from '../popover.js';
import { withCompletion } from './completion-list.js';
import { faultsOf } from './dashboard-files.js';
import { clearFaults, showFaults } from './faults-at-fields.js';
import { formOfPage, inputOfPageKey, newVariable, pageOfForm } from './page-values.js';

/** The schema's limit. */
const VARIABLES_MAX = 12;
/** Names offered under metrics and labels; a browser shows a list of thousands badly. */
const NAMES_MAX = 1_000;

/**
 * @param {object} dashboard  to begin with
 * @param {{fileWith: (changes: object) => object, onapply: (changes: object) => void}} context  `fileWith` gives the dashboard as it would be saved
 */
export function openPageForm(dashboard, { fileWith, onapply }) {
  const values = formOfPage(dashboard);
  const rows = h('div', { class: 'form-rows' });
  const list = h('ul', { class: 'yaml-faults', 'aria-live': 'polite' });
  const field = (label, input, hint) => h('label', { class: 'field' }, h('span', {}, label), input, hint && h('small', { class: 'muted' }, hint));
  const text = (name) => h('input', { type: 'text', name, value: values[name], autocomplete: 'off' });
  const add = h('button', { type: 'button', class: 'button small', onclick: () => { values.variables.push(newVariable()); draw(values.variables.length - 1); } }, icon('plus'), 'Add a choice');
  const form = h('form', { class: 'panel-form', oninput: (event) => take(event.target), onsubmit: submit },
    field('Title', text('title')), field('Question', text('question'), 'What the page answers; it ends in a question mark.'), field('Tags', text('tags'), 'Words for searching, with commas between.'),
    h('fieldset', { class: 'form-group' }, h('legend', {}, 'Choices above the panels'), h('p', { class: 'muted' }, 'Values of a field of requests, or of a label of series. A chosen value narrows every panel over requests; in PromQL it stands where $name does.'),
      rows, add, h('datalist', { id: 'edit-metrics' }), h('datalist', { id: 'edit-labels' })),
    list, h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Cancel'), h('button', { type: 'submit', class: 'button primary' }, 'Apply')));
  const close = openDialog('Page', form, { className: 'dialog-wide' });
  draw(-1);
  offerNames(form);
  form.elements.title.focus();

  function take(input) {
    const [name, index, key] = input.name.split('.');
    const value = input.type === 'checkbox' ? input.checked : input.value;
    if (key === undefined) values[name] = value; else values.variables[index][key] = value;
    if (key === 'of') draw(Number(index), 'of');
  }

  function draw(focused, key = 'name') {
    clearFaults(form);
    replace(rows, values.variables.map((variable, index) => variableRow(variable, index, field, () => { values.variables.splice(index, 1); draw(-1); add.focus(); })));
    add.disabled = values.variables.length >= VARIABLES_MAX;
    if (focused >= 0) form.elements.namedItem(`variables.${focused}.${key}`).focus();
  }

  async function submit(event) {
    event.preventDefault();
    const changes = pageOfForm(values);
    try {
      const faults = await faultsOf(fileWith(changes));
      showFaults(form, list, faults, inputOfPageKey);
      if (faults.length > 0) return;
      close();
      onapply(changes);
    } catch (error) { replace(list, h('li', {}, error.message)); }
  }
}

function variableRow(variable, index, field, remove) {
  const name = (key) => `variables.${index}.${key}`;
  const text = (key, more = {}) => h('input', { type: 'text', name: name(key), value: variable[key], autocomplete: 'off', ...more });
  const label = variable.name || `choice ${index + 1}`;
  return h('div', { class: 'form-row form-variable', role: 'group', 'aria-label': `Choice ${label}` },
    field('Name', text('name')), field('Label', text('label', { placeholder: variable.name })),
    field('Values of', h('select', { name: name('of') }, [['requests', 'a field'], ['series', 'a label']].map(([value, words]) => h('option', { value, selected: variable.of === value }, words)))),
    ...(variable.of === 'series'
      ? [field('Metric', text('metric', { list: 'edit-metrics' })), field('Its label', text('label_name', { list: 'edit-labels' }))]
      : [field('Field', withCompletion(text('field'), 'name'))]),
    field('Chosen at first', text('default', { placeholder: 'all' })),
    h('label', { class: 'field-check' }, h('input', { type: 'checkbox', name: name('multi'), checked: variable.multi }), 'several'),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${label}`, title: 'Remove', onclick: remove }, icon('close')));
}

async function offerNames(form) {
  for (const [id, address] of [['edit-metrics', '/api/v1/label/__name__/values'], ['edit-labels', '/api/v1/labels']]) {
    try {
      const { data } = await getJSON(address);
      replace(form.querySelector(`#${id}`), data.slice(0, NAMES_MAX).map((value) => h('option', { value })));
    } catch { /* names can be typed without a list */ }
  }
}
