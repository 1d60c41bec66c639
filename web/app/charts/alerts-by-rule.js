// Which rules are noisy: how often each fired in the range, for how long, and how often it flapped.

import { spansOf } from '../alerts/model.js';
import { severityBadge } from '../alerts/parts.js';
import { h, replace } from '../dom.js';
import { formatAge } from '../format.js';
import { follow } from '../actions.js';
import { hrefOf } from '../router.js';
import { LEAVING } from '../navigation.js';
import { rangeQuestion } from '../series/series-queries.js';
import { firingsByRule, matrixOf } from './alert-figures.js';

/** Alerts (series) that are counted. */
const SERIES_MAX = 1_000;
const ROWS_MAX = 25;

export const alertsByRuleKind = {
  /** It asks series: how complete the requests are says nothing about it. */
  ofRequests: false,
  queries: (spec, wish, pixels) => [rangeQuestion({ expr: 'ALERTS{alertstate="firing"}' }, wish, pixels * 2, SERIES_MAX)],
  create: (host, spec) => new AlertsByRule(host, spec),
};

class AlertsByRule {
  constructor(host, spec) {
    this.spec = spec;
    this.box = h('div', { class: 'data-table scroll-x' });
    host.append(this.box);
  }

  update([answer]) {
    this.rules = firingsByRule(spansOf(matrixOf(answer), answer.every_seconds));
    this.step = answer.every_seconds;
    this.paint();
  }

  paint() {
    if (!this.rules) return;
    const most = Math.max(1, ...this.rules.map((rule) => rule.firings));
    const number = (label, text, level) => h('td', { class: `number${level ? ` level-${level}` : ''}`, 'data-label': label }, text);
    const patch = { ...LEAVING, page: 'alerts', view: 'rules' };
    replace(this.box, h('table', { class: 'cards' },
      h('thead', {}, h('tr', {}, ['Rule', 'Severity'].map((label) => h('th', { scope: 'col' }, label)), ['Fired', 'Flaps', 'Firing', 'Longest', 'Alerts'].map((label) => h('th', { scope: 'col', class: 'number' }, label)))),
      h('tbody', {}, this.rules.slice(0, ROWS_MAX).map((rule) => h('tr', {},
        h('th', { scope: 'row', class: 'cell-name' }, h('a', { href: hrefOf(patch), onclick: follow(patch) }, rule.name)), h('td', { 'data-label': 'Severity' }, severityBadge(rule.severity)),
        h('td', { class: 'number', 'data-label': 'Fired' }, h('span', { class: 'cell-figures' }, h('span', { class: 'cell-bar', 'aria-hidden': 'true', style: { width: `${(rule.firings / most) * 100}%` } }), h('span', {}, String(rule.firings)))),
        number('Flaps', String(rule.flaps), rule.flaps > 2 ? 'warning' : null), number('Firing', formatAge(rule.firing / 1000)), number('Longest', formatAge(rule.longest / 1000)), number('Alerts', String(rule.alerts)))))),
    h('p', { class: 'panel-caption' }, `Seen every ${formatAge(this.step)}: shorter pauses are not told apart.`));
  }

  isEmpty() { return this.rules.length === 0; }

  destroy() {}

  table() {
    return {
      columns: [{ label: 'Rule' }, { label: 'Severity' }, ...['Fired', 'Flaps', 'Firing', 'Longest', 'Alerts'].map((label) => ({ label, number: true }))],
      rows: this.rules.map((rule) => [{ text: rule.name }, { text: rule.severity }, { text: String(rule.firings) }, { text: String(rule.flaps) }, { text: formatAge(rule.firing / 1000) }, { text: formatAge(rule.longest / 1000) }, { text: String(rule.alerts) }]),
    };
  }
}
