// The rules: how they stand, when they were last evaluated and how long that took, what the linter says, and a rule over the past.

import { h, replace } from '../dom.js';
import { format, formatAge } from '../format.js';
import { icon } from '../icons.js';
import { navigate } from '../router.js';
import { openBacktest } from './backtest.js';
import { fetchFindings, fetchRules } from './alerting-api.js';
import { severityOf } from './model.js';
import { ago, cardTable, failure, frame, nothing, severityBadge } from './parts.js';

const STATES = { firing: 'Firing', pending: 'Pending', inactive: 'Quiet', unknown: 'Not evaluated yet' };
/** Rules that are drawn at once; a filter finds the others. */
const ROWS_MAX = 400;

export class RulesView {
  constructor() {
    this.search = h('input', { type: 'search', placeholder: 'Find a rule', 'aria-label': 'Find a rule', oninput: () => this.draw() });
    this.only = h('select', { class: 'select', 'aria-label': 'Which rules', onchange: () => this.draw() },
      [['', 'All rules'], ['firing', 'Firing or pending'], ['trouble', 'With errors or findings'], ['alerting', 'Alerts'], ['recording', 'Recording rules']].map(([value, label]) => h('option', { value }, label)));
    this.noisy = frame('noisy', 'Noisiest rules', { note: 'changes in the last hour' });
    this.panel = frame('rules', 'Rules', { tools: h('span', { class: 'row-actions' }, this.search, this.only) });
    this.element = h('div', { class: 'alerts-view' }, this.noisy.element, this.panel.element);
    this.noisy.element.hidden = true;
    this.findings = [];
    this.load();
  }

  async load() {
    try {
      this.groups = await fetchRules();
      this.draw();
    } catch (error) { replace(this.panel.body, failure(error, () => this.load())); return; }
    if (this.linted) return;
    this.linted = true;
    try { this.findings = await fetchFindings(); this.draw(); } catch { this.linted = false; }
  }

  findingsOf(group, rule) {
    return this.findings.filter((finding) => finding.group === group.name && finding.rule === rule.name && (!finding.file || finding.file === group.file));
  }

  draw() {
    if (!this.groups) return;
    this.drawNoisy();
    const text = this.search.value.trim().toLowerCase();
    const only = this.only.value;
    let shown = 0;
    let found = 0;
    const parts = this.groups.map((group) => {
      const rules = group.rules.filter((rule) => {
        if (text && !`${rule.name} ${rule.query} ${group.name}`.toLowerCase().includes(text)) return false;
        if (only === 'firing') return rule.state === 'firing' || rule.state === 'pending';
        if (only === 'trouble') return rule.health === 'err' || rule.noDataSince || rule.isFlapping || this.findingsOf(group, rule).length > 0;
        return !only || rule.type === only;
      });
      found += rules.length;
      const room = rules.slice(0, Math.max(0, ROWS_MAX - shown));
      shown += room.length;
      return room.length > 0 && this.group(group, room);
    });
    replace(this.panel.body, this.groups.length === 0 ? nothing('No rules are loaded', 'Name files of rules in alerting.rule_files; those that come with Gatewatch are on by default.')
      : found === 0 ? nothing('No rule matches') : parts, found > shown && h('p', { class: 'muted' }, `The first ${shown} of ${found} rules. Find others by name.`));
  }

  drawNoisy() {
    const noisy = this.groups.flatMap((group) => group.rules.filter((rule) => rule.transitions > 1 || rule.isFlapping).map((rule) => ({ group, rule })))
      .sort((a, b) => b.rule.transitions - a.rule.transitions).slice(0, 8);
    this.noisy.element.hidden = noisy.length === 0;
    replace(this.noisy.body, cardTable([{ label: 'Rule' }, { label: 'Group' }, { label: 'Changes', number: true }, { label: '' }], noisy.map(({ group, rule }) => ({ cells: [
      rule.name, group.name, String(rule.transitions), h('span', { class: 'row-actions' }, rule.isFlapping && h('span', { class: 'badge level-warning' }, icon('warning'), 'flapping'),
        h('button', { type: 'button', class: 'button small', onclick: () => openBacktest(group, rule) }, 'Backtest')),
    ] }))));
  }

  group(group, rules) {
    const late = group.interval && group.evaluationTime > group.interval;
    return h('section', { class: 'rule-group' },
      h('h3', { class: 'list-title' }, group.name, h('span', { class: 'muted', title: group.file }, ` ${group.file.split('/').slice(-1)} \u00b7 every ${format(group.interval, 's')} \u00b7 took `), h('span', { class: late ? 'level-critical' : 'muted' }, format(group.evaluationTime ?? null, 's'))),
      h('ul', { class: 'rule-list' }, rules.map((rule) => this.rule(group, rule))));
  }

  rule(group, rule) {
    const findings = this.findingsOf(group, rule);
    const isAlert = rule.type === 'alerting';
    return h('li', { class: `rule rule-${rule.health === 'err' ? 'err' : rule.state ?? 'recording'}` },
      h('div', { class: 'rule-head' },
        h('strong', {}, rule.name), isAlert ? h('span', { class: `state-tag state-${rule.state}` }, STATES[rule.state] ?? rule.state) : h('span', { class: 'state-tag' }, 'recording'),
        isAlert && severityBadge(severityOf(rule.labels), rule.labels?.severity ?? 'warning'),
        rule.isFlapping && h('span', { class: 'badge level-warning' }, icon('warning'), 'flapping'),
        rule.noDataSince && h('span', { class: 'badge level-warning', title: `None of its series has data since ${rule.noDataSince}` }, icon('none'), 'no data since ', ago(Date.parse(rule.noDataSince))),
        h('span', { class: 'muted rule-facts' }, isAlert && rule.duration > 0 && `for ${formatAge(rule.duration)} \u00b7 `, rule.lastEvaluation && ['evaluated ', ago(Date.parse(rule.lastEvaluation)), ` in ${format(rule.evaluationTime ?? null, 's')}`]),
        h('span', { class: 'row-actions' },
          isAlert && h('button', { type: 'button', class: 'button small', onclick: () => openBacktest(group, rule) }, icon('clock'), 'Backtest'),
          h('button', { type: 'button', class: 'button small', title: 'The expression over the page\u2019s range', onclick: () => navigate({ page: 'explore', view: 'analytics', expr: previewOf(rule), tab: 'graph', point: '' }) }, icon('code'),
            isAlert && rule.state === 'inactive' ? 'Why not firing?' : 'Explore'))),
      h('pre', { class: 'rule-expression' }, rule.query),
      rule.lastError && h('p', { class: 'rule-error' }, icon('warning'), rule.lastError),
      findings.map((finding) => h('p', { class: `finding level-${finding.severity === 'error' ? 'critical' : finding.severity}` }, icon(finding.severity === 'error' ? 'critical' : finding.severity === 'warning' ? 'warning' : 'info'),
        h('span', {}, finding.message, ' ', h('code', { class: 'muted' }, finding.code)))));
  }

  destroy() {}
}

/** What to draw to see how far a rule is from firing: the side that is compared, where the server says which it is. */
function previewOf(rule) {
  return rule.threshold?.compared ?? rule.query;
}
