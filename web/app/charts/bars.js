// One measure per stretch of the calendar, or per group, as bars. Over time it is the chart over time with bars; by groups it is a
// list of bars, stacked by a second field where the question has one.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, levelOf, valueName } from '../answer.js';
import { nameOf } from '../batch-plan.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format } from '../format.js';
import { colorOf } from '../palette.js';
import { wholeQuery } from '../queries.js';
import { colors } from '../theme.js';
import { canvasColor } from './canvas-color.js';
import { timeKind } from './time-chart.js';

/** Bars shown where the question has a second field, whose rows the limit counts. */
const GROUPS_MAX = 12;

/** The panel as one of the chart over time. */
function overTime(panel) {
  return { ...panel, options: { draw: 'bars', stacked: Boolean(panel.query.by?.length), ...panel.options } };
}

export const barsKind = {
  queries: (panel, wish, pixels) => (panel.query.every ? timeKind.queries(overTime(panel), wish, pixels) : [wholeQuery(panel.query, wish)]),
  create: (host, panel) => (panel.query.every ? timeKind.create(host, overTime(panel)) : new GroupBars(host, panel)),
};

class GroupBars {
  constructor(host, panel) {
    this.panel = panel;
    this.list = h('ol', { class: 'ranking group-bars' });
    this.legend = h('ul', { class: 'group-bars-legend' });
    host.append(this.list, this.legend);
  }

  update([answer]) {
    const [field, second] = this.panel.query.by;
    const at = this.panel.query.by.length;
    const rows = new Map();
    for (const row of answer.rows) {
      const figure = row[at];
      if (figure === null || figure === undefined) continue;
      const key = JSON.stringify(row[0]);
      if (!rows.has(key)) rows.set(key, { value: row[0], figure: 0, parts: [] });
      const group = rows.get(key);
      group.figure += figure;
      group.parts.push({ value: second ? row[1] : row[0], figure });
    }
    const named = [...rows.values()].map(({ value }) => value).filter((value) => value !== null && value !== '_other');
    this.rows = [...rows.values()].map((row) => ({ ...row, name: valueName(row.value, this.panel.options.labels), clause: groupClause(field, row.value, named) }));
    if (second) this.rows = this.rows.sort((a, b) => b.figure - a.figure).slice(0, GROUPS_MAX);
    this.groupsTotal = second ? 0 : answer.groups_total;
    this.paint();
  }

  isEmpty() { return this.rows.length === 0; }

  paint() {
    if (!this.rows) return;
    const most = Math.max(...this.rows.map((row) => row.figure), 1e-12);
    replace(this.list, this.rows.map((row) => this.row(row, most)),
      this.groupsTotal > this.rows.length && h('li', { class: 'ranking-rest' }, `${this.groupsTotal - this.rows.length} more`));
    const [, second] = this.panel.query.by;
    const values = second ? [...new Set(this.rows.flatMap((row) => row.parts.map((part) => part.value)))] : [];
    replace(this.legend, values.map((value) => h('li', {}, h('span', { class: 'swatch', style: { background: colorOf(second, value) } }), valueName(value))));
  }

  row(row, most) {
    const { panel } = this;
    const [field, second] = panel.query.by;
    const clause = this.clause(row);
    const level = levelOf(row.figure, panel.thresholds);
    const text = format(row.figure, panel.unit);
    return h('li', {},
      row.value === '_other' ? h('span', { class: 'ranking-name' }, row.name) : h('button', {
        type: 'button', class: 'ranking-name', title: `${row.name}: filter or show`, onclick: (event) => openValueMenu(event.currentTarget, field, row.value, { clause }),
      }, row.name),
      h('a', { class: 'ranking-bar group-bar', ...behindLink({ clause, sort: panel.drill?.sort ?? '-time' }), title: 'Show the requests', 'aria-label': `${row.name}: ${text}` },
        row.parts.map((part) => h('span', {
          class: 'ranking-fill', title: second ? `${valueName(part.value)}: ${format(part.figure, panel.unit)}` : null,
          style: { width: `${Math.max(0.4, (part.figure / most) * 100)}%`, background: colorOf(second ?? field, part.value) },
        }))),
      h('span', { class: `ranking-figure${level && level !== 'ok' ? ` level-${level}` : ''}` }, level && level !== 'ok' ? `\u25b2 ${text}` : text));
  }

  clause(row) {
    return [this.panel.query.where, row.clause, this.panel.drill?.where].filter(Boolean).reduce(both, '');
  }

  table() {
    const { query, unit, thresholds } = this.panel;
    const [field, second] = query.by;
    return {
      columns: [{ label: field }, ...(second ? [{ label: second }] : []), { label: nameOf(query.measures[0]), number: true }],
      rows: this.rows.flatMap((row) => row.parts.map((part) => [
        row.value === '_other' ? { text: row.name } : { text: row.name, value: [field, row.value] }, ...(second ? [{ text: valueName(part.value) }] : []),
        { text: format(part.figure, unit), level: levelOf(part.figure, thresholds), link: requestsBehind({ clause: this.clause(row) }) },
      ])),
    };
  }

  exportOptions() {
    const palette = colors();
    const rows = [...this.rows].reverse();
    const [field, second] = this.panel.query.by;
    const values = second ? [...new Set(rows.flatMap((row) => row.parts.map((part) => part.value)))] : [null];
    const figure = (row, value) => (second ? row.parts.find((part) => part.value === value)?.figure ?? 0 : row.figure);
    return {
      legend: second ? values.map((value) => ({ name: valueName(value), color: canvasColor(colorOf(second, value)) })) : [],
      options: {
        animation: false, textStyle: { fontFamily: palette.font }, grid: { left: 170, right: 70, top: 8, bottom: 8 }, xAxis: { type: 'value', show: false },
        yAxis: {
          type: 'category', data: rows.map((row) => row.name), axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { color: palette.text, width: 155, overflow: 'truncate' },
        },
        series: values.map((value, index) => ({
          type: 'bar', stack: 'all', barMaxWidth: 18,
          data: rows.map((row) => ({ value: figure(row, value), itemStyle: { color: canvasColor(colorOf(second ?? field, second ? value : row.value)) } })),
          label: { show: index === values.length - 1, position: 'right', color: palette.muted, formatter: ({ dataIndex }) => format(rows[dataIndex].figure, this.panel.unit) },
        })),
      },
    };
  }

  destroy() {}
}
