// Objectives with what is left of their error budgets.

import { h } from '../dom.js';
import { format } from '../format.js';
import { icon } from '../icons.js';

/** A row for each objective: budget as a bar, and how fast it burns. */
export function objectiveRows(objectives) {
  return h('ul', { class: 'budgets' }, objectives.map((objective) => {
    const left = objective.budget_left;
    const level = left === null || left === undefined ? 'unknown' : left <= 0 ? 'critical' : left < 0.25 ? 'warning' : 'ok';
    return h('li', { class: 'budget' },
      h('div', { class: 'budget-name' }, h('strong', {}, objective.name), h('span', { class: 'muted' }, `${format(objective.objective, 'ratio')} over ${objective.window_days} days`)),
      h('div', { class: `budget-bar level-${level}`, role: 'img', 'aria-label': `${format(left, 'ratio')} of the error budget is left` },
        h('span', { style: { width: `${Math.max(0, Math.min(1, left ?? 0)) * 100}%` } })),
      objective.error ? h('div', { class: 'budget-facts' }, icon('warning'), objective.error) : h('dl', { class: 'budget-facts' },
        fact('Budget left', format(left, 'ratio'), level), fact('Now', format(objective.sli_now, 'ratio')),
        fact('Burn 1 h', burn(objective.burn_1h), objective.burn_1h >= 14.4 ? 'critical' : null), fact('Burn 6 h', burn(objective.burn_6h), objective.burn_6h >= 6 ? 'critical' : null)));
  }));
}

function fact(name, text, level) {
  return h('div', { class: level ? `level-${level}` : null }, h('dt', {}, name), h('dd', {}, text));
}

/** How many times as fast as the budget allows. */
function burn(factor) {
  return factor === null || factor === undefined ? '\u2013' : `${format(factor, '1')}\u00d7`;
}
