// The shares of a field's values: a ring, and beside it the values with their figures, which is where keys and menus are.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, valueName } from '../answer.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format } from '../format.js';
import { colorOf } from '../palette.js';
import { wholeQuery } from '../queries.js';
import { colors } from '../theme.js';
import { canvasColor } from './canvas-color.js';
import { Painted } from './painted.js';
import { hideTooltip, showTooltip } from './tooltip.js';

export const donutKind = {
  queries: (panel, wish) => [wholeQuery({ ...panel.query, other: panel.query.other ?? true, limit: panel.query.limit ?? 8 }, wish)],
  create: (host, panel) => new Donut(host, panel),
};

class Donut {
  constructor(host, panel) {
    this.panel = panel;
    this.ring = h('div', { class: 'donut-ring' });
    this.total = h('div', { class: 'donut-total' });
    this.list = h('ul', { class: 'donut-list' });
    host.append(h('div', { class: 'donut' }, h('div', { class: 'donut-plot' }, this.ring, this.total), this.list));
    this.painted = new Painted(this.ring, () => this.options());
  }

  update([answer]) {
    const [field] = this.panel.query.by;
    const named = answer.rows.map((row) => row[0]).filter((value) => value !== null && value !== '_other');
    this.rows = answer.rows.filter((row) => row[1] > 0)
      .map(([value, figure]) => ({ value, figure, clause: groupClause(field, value, named), name: valueName(value, this.panel.options.labels) }));
    this.sum = this.rows.reduce((sum, row) => sum + row.figure, 0);
    this.paint();
  }

  isEmpty() { return this.rows.length === 0; }

  paint() {
    if (!this.rows) return;
    this.painted.paint();
    if (this.painted.chart && !this.listens) this.listen();
    const { panel } = this;
    replace(this.total, h('b', {}, format(this.sum, panel.unit)), h('span', {}, panel.unit === '1' ? 'requests' : 'in all'));
    replace(this.list, this.rows.map((row) => h('li', {},
      h('span', { class: 'swatch', style: { background: this.color(row) } }), this.nameOf(row),
      h('a', { class: 'donut-figure', ...behindLink({ clause: this.clause(row) }), 'aria-label': `${row.name}: ${format(row.figure, panel.unit)}, show the requests` }, format(row.figure, panel.unit)),
      h('span', { class: 'donut-share' }, format(row.figure / this.sum, 'ratio')))));
  }

  nameOf(row) {
    if (row.value === '_other') return h('span', { class: 'donut-name' }, row.name);
    return h('button', { type: 'button', class: 'plain donut-name', title: `${row.name}: filter or show`, onclick: (event) => this.open(event.currentTarget, row) }, row.name);
  }

  open(anchor, row) {
    openValueMenu(anchor, this.panel.query.by[0], row.value, { clause: this.clause(row) });
  }

  clause(row) {
    return [this.panel.query.where, row.clause].filter(Boolean).reduce(both, '');
  }

  color(row) {
    return colorOf(this.panel.query.by[0], row.value);
  }

  // The ring is for the pointer only: all it does the list does too.
  listen() {
    this.listens = true;
    const { chart } = this.painted;
    chart.on('mousemove', ({ dataIndex, event }) => {
      const row = this.rows[dataIndex];
      if (row) showTooltip({ heading: row.name, rows: [{ name: this.panel.title, text: format(row.figure, this.panel.unit), detail: format(row.figure / this.sum, 'ratio'), color: this.color(row) }] }, event.event.clientX, event.event.clientY);
    });
    chart.on('globalout', hideTooltip);
    chart.on('mouseout', hideTooltip);
    chart.on('click', ({ dataIndex, event }) => {
      const row = this.rows[dataIndex];
      hideTooltip();
      if (row && row.value !== '_other') this.open({ x: event.event.clientX, y: event.event.clientY }, row);
    });
  }

  options(more = {}) {
    if (!this.rows || this.isEmpty()) return null;
    const palette = colors();
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: palette.font },
      series: [{
        type: 'pie', radius: ['62%', '96%'], animation: false, label: { show: false }, emphasis: { scale: false, itemStyle: { opacity: 0.85 } },
        data: this.rows.map((row) => ({ name: row.name, value: row.figure, itemStyle: { color: canvasColor(this.color(row)), borderColor: palette.panel, borderWidth: 1.5 } })), ...more,
      }],
    };
  }

  table() {
    const [field] = this.panel.query.by;
    return {
      columns: [{ label: field }, { label: this.panel.title, number: true }, { label: 'Share', number: true }],
      rows: this.rows.map((row) => [row.value === '_other' ? { text: row.name } : { text: row.name, value: [field, row.value] },
        { text: format(row.figure, this.panel.unit), link: requestsBehind({ clause: this.clause(row) }) }, { text: format(row.figure / this.sum, 'ratio') }]),
    };
  }

  exportOptions() {
    const palette = colors();
    const label = { show: true, color: palette.text, formatter: ({ name, value, percent }) => `${name}  ${format(value, this.panel.unit)}  ${percent} %` };
    return { options: this.options({ radius: ['38%', '62%'], center: ['50%', '56%'], label }), subtitle: `${format(this.sum, this.panel.unit)} in all` };
  }

  destroy() {
    hideTooltip();
    this.painted.destroy();
  }
}
