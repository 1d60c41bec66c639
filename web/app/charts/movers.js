// What changed most against the time before: requests, errors, latency and cost of each client, model or provider.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, valueName } from '../answer.js';
import { comparisonName, isComparable } from '../comparison.js';
import { h, replace } from '../dom.js';
import { format, formatChange, formatPoints } from '../format.js';
import { comparedQuery, wholeQuery } from '../queries.js';
import { current } from '../router.js';
import { moverRows } from './mover-rows.js';
import { fieldChoice } from './ranking.js';

/** Rows shown. */
const ROWS_MAX = 8;
/** A p95 moves by itself; only a change beyond this share is marked. */
const NOTABLE = 0.2;

function fieldOf(panel) {
  const option = current().option[panel.id];
  return panel.options.choices.some(({ field }) => field === option) ? option : panel.options.choices[0].field;
}

export const moversKind = {
  queries: (panel, wish) => {
    const query = { ...panel.query, by: [fieldOf(panel)] };
    return [wholeQuery(query, wish), comparedQuery(query, wish)];
  },
  create: (host, panel) => new Movers(host, panel),
  tools: fieldChoice,
};

class Movers {
  constructor(host, panel) {
    this.panel = panel;
    this.box = h('div', { class: 'movers scroll-x' });
    host.append(this.box);
  }

  update([now, before]) {
    this.field = fieldOf(this.panel);
    this.compared = isComparable(before) && before.rows.length > 0;
    this.rows = moverRows(now.rows, this.compared ? before.rows : []).slice(0, ROWS_MAX);
    this.paint();
  }

  paint() {
    if (!this.rows) return;
    const most = Math.max(...this.rows.map((row) => Math.abs(row.count - row.countBefore)), 1);
    replace(this.box, h('table', { class: 'cards' },
      h('thead', {},
        h('tr', {},
          ['Name', 'Requests', 'Change', 'Errors', 'p95', 'Spend'].map((name, index) => h('th',
            { scope: 'col', class: index > 2 || index === 1 ? 'number' : null },
            index % 2 || index > 2 ? name : h('span', { class: 'visually-hidden' }, name),
          )),
        ),
      ),
      h('tbody', {}, this.rows.map((row) => this.row(row, most)))),
    !this.compared && h('p', { class: 'panel-caption' },
      `There is no or only partial data to compare with (${comparisonName()}): ordered by requests.`,
    ));
  }

  row(row, most) {
    const clause = groupClause(this.field, row.value, []);
    const difference = row.count - row.countBefore;
    const pair = (label, now, change, bad, behind) => h('td', { class: 'number', 'data-label': label },
      h('a', { ...behindLink(behind) }, now), this.compared && h('span',
        { class: `mover-change${bad === null ? '' : bad ? ' bad' : ' good'}` },
        { '\u2013': '', same: '\u2248' }[change] ?? change,
      ));
    const worse = (a, b, least) => (a === null || b === null || Math.abs(a - b) < least ? null : a > b);
    return h('tr', {},
      h('th', { scope: 'row' },
        h('button',
          { type: 'button', class: 'plain', onclick: (event) => openValueMenu(event.currentTarget, this.field, row.value, { clause }) },
          valueName(row.value),
        ),
      ),
      pair('Requests', format(row.count, '1'),
        row.count === 0 ? 'stopped' : formatChange(row.count, row.countBefore),
        row.count === 0 ? true : null,
        { clause },
      ),
      h('td', { class: 'mover-bar', 'aria-hidden': 'true' },
        this.compared && h('span', { class: difference < 0 ? 'less' : 'more', style: { width: `${(Math.abs(difference) / most) * 50}%` } }),
      ),
      pair('Errors', format(row.errors, 'ratio'), formatPoints(row.errors, row.errorsBefore),
        worse(row.errors, row.errorsBefore, 0.005),
        { clause: `${clause} and ${this.panel.options.error_where}` },
      ),
      pair('p95', format(row.p95, 's'), formatChange(row.p95, row.p95Before),
        worse(row.p95, row.p95Before, NOTABLE * (row.p95Before ?? 0)),
        { clause, sort: '-duration' },
      ),
      pair('Spend', format(row.cost, 'USD'), formatChange(row.cost, row.costBefore), null, { clause, sort: '-cost' }));
  }

  isEmpty() { return this.rows.length === 0; }

  destroy() {}

  table() {
    const names = ['Requests', 'before', 'Errors', 'before', 'p95', 'before', 'Spend', 'before'];
    return {
      columns: [{ label: this.field }, ...names.map((label) => ({ label, number: true }))],
      rows: this.rows.map((row) => [{ text: valueName(row.value), value: [this.field, row.value] }, {
        text: format(row.count, '1'),
        link: requestsBehind({ clause: groupClause(this.field, row.value, []) }),
      },
        ...[
          [row.countBefore, '1'],
          [row.errors, 'ratio'],
          [row.errorsBefore, 'ratio'],
          [row.p95, 's'],
          [row.p95Before, 's'],
          [row.cost, 'USD'],
          [row.costBefore, 'USD'],
        ].map(([value, unit]) => ({ text: format(value, unit) }))]),
    };
  }
}
