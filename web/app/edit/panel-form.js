// The form of a panel, with the panel itself beside it as it would look.

import { completedPanel, dashboardList } from '../dashboards.js';
import { debounce, h, replace } from '../dom.js';
import { Panel } from '../panel.js';
import { openDialog } from '../popover.js';
import { demand } from '../refresher.js';
import { withCompletion } from './completion-list.js';
import { dashboardSchema, faultsOf } from './dashboard-files.js';
import { clearFaults, showFaults } from './faults-at-fields.js';
import { formOf, inputOfPanelKey, panelOfForm } from './panel-values.js';

/** What people ask most, to choose from. */
const MEASURES = ['count', 'rate', 'p50(duration)', 'p95(duration)', 'p99(duration)', 'p95(ttft)', 'avg(duration)', 'sum(cost)', 'sum(input_tokens)', 'sum(output_tokens)', 'ratio(status >= 500)', 'distinct(client)'];

/**
 * @param {object} panel  to begin with
 * @param {object} context  `{dashboard, title, onapply(panel), withPanel(panel)}`: the dashboard with the panel in it is what is checked
 */
export async function openPanelForm(panel, { dashboard, title, onapply, withPanel }) {
  const schema = await dashboardSchema();
  const values = formOf(panel);
  const preview = h('div', { class: 'panel-preview section-panels' });
  const faults = h('ul', { class: 'yaml-faults', 'aria-live': 'polite' });
  const shown = new Preview(preview, dashboard.variables);
  let problem = '';
  const read = () => {
    problem = '';
    try { return panelOfForm(panel, values, schema.optionsOf(values.chart)); } catch (error) { problem = error.message; return null; }
  };
  const changed = debounce(() => { const next = read(); if (next) shown.show(next); else tell([problem]); }, 400);
  const tell = (list) => { clearFaults(form); replace(faults, list.map((text) => h('li', {}, text))); };
  const form = h('form', { class: 'panel-form', oninput: (event) => { take(event.target, values); if (event.target.name === 'source') arrange(form, values); tell([]); changed(); }, onsubmit: submit }, fields(values, schema));
  const close = openDialog(title, h('div', { class: 'panel-editor' }, form, h('div', { class: 'panel-preview-host' }, h('h3', {}, 'Preview'), preview, faults)), { className: 'dialog-panel', onclose: () => shown.destroy() });
  form.append(h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Cancel'), h('button', { type: 'submit', class: 'button primary' }, 'Apply')));
  arrange(form, values);
  shown.show(completedPanel(panel));

  async function submit(event) {
    event.preventDefault();
    const next = read();
    if (!next) { tell([problem]); return; }
    try {
      const found = await faultsOf(withPanel(next));
      showFaults(form, faults, found, inputOfPanelKey);
      if (found.length > 0) return;
      close();
      onapply(next);
    } catch (error) { tell([error.message]); }
  }
}

function take(input, values) {
  if (input.name) values[input.name] = input.type === 'checkbox' ? input.checked : input.value;
}

/** Shows the fields of requests or those of series, as the source says. */
function arrange(form, values) {
  for (const part of form.querySelectorAll('[data-source]')) part.hidden = part.dataset.source !== values.source;
}

/** Puts the chosen measure under those that are there. */
function addMeasure(select) {
  const area = select.form.elements.measures;
  area.value = [area.value.trim(), select.value].filter(Boolean).join('\n');
  select.value = '';
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

function fields(values, schema) {
  const field = (label, input, hint) => h('label', { class: 'field' }, h('span', {}, label), input, hint && h('small', { class: 'muted' }, hint));
  const text = (name, more = {}) => h('input', { type: 'text', name, value: values[name], autocomplete: 'off', ...more });
  const area = (name, rows, more = {}) => h('textarea', { name, rows: String(rows), spellcheck: 'false', ...more }, values[name]);
  const choice = (name, options) => h('select', { name }, options.map((option) => h('option', { value: option[0] ?? option, selected: (option[0] ?? option) === values[name] }, option[1] ?? option)));
  const check = (name, label) => h('label', { class: 'field-check' }, h('input', { type: 'checkbox', name, checked: values[name] }), label);
  const words = (list) => list.map((word) => [word, word]);
  return [
    field('Title', text('title', { required: true })),
    field('Question', text('question', { required: true, placeholder: 'Is it failing now?' }), 'What the panel answers; it ends in a question mark.'),
    h('div', { class: 'form-row' }, field('Chart', choice('chart', words(schema.charts))), field('Unit', choice('unit', words(schema.units))), field('Width', choice('width', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((width) => [String(width), `${width} of 12`])))),
    field('Asks', choice('source', [['requests', 'Requests'], ['series', 'Series (PromQL)'], ['nothing', 'By itself']])),
    h('div', { dataset: { source: 'requests' } },
      field('Measures', withCompletion(area('measures', 2, { class: 'code' }), 'measures'), 'One a line: count, p95(duration), ratio(status >= 500) as failing.'),
      h('select', { 'aria-label': 'Add a measure', onchange: (event) => addMeasure(event.target) }, [h('option', { value: '' }, 'Add a measure'), ...MEASURES.map((value) => h('option', { value }, value))]),
      h('div', { class: 'form-row' }, field('Told apart by', withCompletion(text('by'), 'names'), 'Fields, with commas between.'), field('Buckets of time', text('every', { placeholder: 'auto, 1h, none' }))),
      field('Only where', withCompletion(text('where', { class: 'code', placeholder: 'error_type: *' }), 'filter')),
      h('div', { class: 'form-row' }, field('Order', text('order')), field('Groups at most', text('limit', { inputmode: 'numeric' })), check('other', 'and the others together'))),
    h('div', { dataset: { source: 'series' } }, field('PromQL', withCompletion(area('promql', 4, { class: 'code' }), 'promql'), 'One expression a line; behind | the name of its series: sum by (job) (up) | {{job}}')),
    h('fieldset', { class: 'form-group' }, h('legend', {}, 'Thresholds'),
      h('div', { class: 'form-row' }, field('Warning', text('warning', { inputmode: 'decimal' })), field('Critical', text('critical', { inputmode: 'decimal' })), check('below', 'less is worse'))),
    h('fieldset', { class: 'form-group' }, h('legend', {}, 'A click leads to'),
      field('Requests, further only where', withCompletion(text('drill_where', { class: 'code', placeholder: 'error_type: *' }), 'filter')),
      h('div', { class: 'form-row' }, field('In the order', text('drill_sort', { placeholder: '-time' })), check('at_or_above', 'only as large as the clicked value')),
      h('div', { class: 'form-row' }, field('Or to the page', text('drill_dashboard', { list: 'edit-pages' })), field('as the value of its choice', text('drill_variable'))),
      h('datalist', { id: 'edit-pages' }, (dashboardList() ?? []).map(({ id, title }) => h('option', { value: id }, title)))),
    check('compare', 'Show the time before too'),
    field('How it is computed', area('formula', 2)),
    field('What to do when it looks bad', area('action', 2)),
    field('Options of the chart (JSON)', area('options', 3, { class: 'code' }), 'As {"draw": "bars", "stacked": true}; those of other charts are left out.'),
  ];
}

/** The panel as it would look; a new one for each change. */
class Preview {
  constructor(host, variables) {
    this.host = host;
    this.variables = variables;
  }

  show(panel) {
    this.panel?.destroy();
    // Its id must not be that of the panel on the page behind.
    this.panel = new Panel({ ...panel, id: 'edit-preview' }, 3, this.variables);
    this.panel.element.classList.add('width-full');
    this.panel.element.style.setProperty('--columns', 12);
    replace(this.host, this.panel.element);
    demand('new');
  }

  destroy() {
    this.panel?.destroy();
  }
}
