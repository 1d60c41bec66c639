// The choices above a dashboard's panels: their values live in the URL (`var.provider=openai,azure`), narrow questions to the
// requests, and stand for `$provider` in PromQL.

import { getJSON, query } from './api.js';
import { h, replace } from './dom.js';
import { both, fieldClause } from './filter-text.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';
import { current, navigate, onNavigate, range, zone } from './router.js';

/** Values offered; further ones are found by typing in the filter. */
const VALUES_MAX = 200;

/** The chosen values of a variable, empty for all. */
export function chosen(variable, vars = current().vars) {
  return vars[variable.name] ?? (variable.default ? [variable.default] : []);
}

/** The filter that the chosen values make for a panel over requests. */
export function variableClause(variables, panel, vars = current().vars) {
  return variables.filter(({ field, name }) => field && !panel.ignores.includes(name))
    .map((variable) => ({ variable, values: chosen(variable, vars) })).filter(({ values }) => values.length > 0)
    .reduce((clause, { variable, values }) => both(clause, fieldClause(variable.field, values)), '');
}

/** The variables' values by name, for PromQL; an empty list stands for all. */
export function variableValues(variables, vars = current().vars) {
  return Object.fromEntries(variables.map((variable) => [variable.name, chosen(variable, vars)]));
}

/** The row of choices; null where a dashboard has none. */
export class VariableBar {
  constructor(variables) {
    this.variables = variables;
    this.element = h('div', { class: 'variables', role: 'group', 'aria-label': 'Choices of this page' });
    this.stop = onNavigate((_, changed) => { if (changed.has('vars')) this.draw(); });
    this.draw();
  }

  draw() {
    replace(this.element, this.variables.map((variable) => {
      const values = chosen(variable);
      return h('button', {
        type: 'button', class: `facet${values.length ? ' chosen' : ''}`, 'aria-haspopup': 'dialog', dataset: { variable: variable.name },
        onclick: (event) => this.open(event.currentTarget, variable),
      }, `${variable.label}: ${values.length === 0 ? 'all' : values.length === 1 ? values[0] : values.length}`, icon('down'));
    }));
  }

  async open(anchor, variable) {
    const search = h('input', { type: 'search', placeholder: `Find ${variable.label.toLowerCase()}`, 'aria-label': `Find ${variable.label.toLowerCase()}` });
    const listing = h('div', { class: 'facet-list', role: 'group', 'aria-label': variable.label }, h('p', { class: 'muted' }, 'Loading\u2026'));
    const picked = new Set(chosen(variable));
    const apply = () => navigate({ vars: { ...current().vars, [variable.name]: [...picked] } });
    const { close, place } = openPopover(anchor, h('div', { class: 'facet-box' }, search, listing), {
      label: variable.label, onclose: () => { if (variable.multi) apply(); },
    });
    search.focus();
    let values = [];
    const pick = (value) => {
      if (value === null) picked.clear();
      else if (!variable.multi) { picked.clear(); picked.add(value); }
      else if (picked.has(value)) picked.delete(value); else picked.add(value);
      if (variable.multi && value !== null) return;
      apply();
      close();
    };
    const draw = () => {
      const find = search.value.toLowerCase();
      const type = variable.multi ? 'checkbox' : 'radio';
      const row = (value, label) => h('label', { class: 'facet-value' },
        h('input', { type, name: `variable-${variable.name}`, checked: value === null ? picked.size === 0 : picked.has(value), onchange: () => pick(value) }),
        h('span', { class: 'facet-name' }, label));
      const shown = values.filter((value) => value.toLowerCase().includes(find));
      replace(listing, row(null, 'All'), shown.map((value) => row(value, value)), shown.length === 0 && h('p', { class: 'muted' }, 'No such value in this range'));
    };
    search.addEventListener('input', draw);
    try {
      values = await valuesOf(variable);
      draw();
    } catch (error) {
      replace(listing, h('p', { class: 'muted' }, error.message));
    }
    place?.();
  }

  destroy() {
    this.stop();
  }
}

async function valuesOf(variable) {
  const { from, to } = range();
  if (variable.field) {
    const answer = await query({
      from: new Date(from).toISOString(), to: new Date(to).toISOString(), time_zone: zone(), measures: ['count'], by: [variable.field], limit: VALUES_MAX,
    });
    return answer.rows.map(([value]) => value).filter((value) => value !== null && value !== '_other').map(String);
  }
  const path = `/api/v1/label/${encodeURIComponent(variable.label_name)}/values`;
  return (await getJSON(path, { 'match[]': variable.metric, start: from / 1000, end: to / 1000, limit: VALUES_MAX })).data;
}
