// Two fields against each other: a table whose cells are shaded by count and lead to their requests.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, valueName } from '../answer.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { wholeQuery } from '../queries.js';
import { colors } from '../theme.js';

export const matrixKind = {
  queries: (panel, wish) => [wholeQuery(panel.query, wish)],
  create: (host, panel) => new HeatTable(host, panel),
};

class HeatTable {
  constructor(host, panel) {
    this.panel = panel;
    this.box = h('div', { class: 'heat-table scroll-x' });
    host.append(this.box);
  }

  update([answer]) {
    const [rowField, columnField] = this.panel.query.by;
    const counts = new Map();
    const rowTotals = new Map();
    const columns = new Set();
    for (const [row, column, count] of answer.rows) {
      counts.set(JSON.stringify([row, column]), count);
      rowTotals.set(row, (rowTotals.get(row) ?? 0) + count);
      columns.add(column);
    }
    this.rows = [...rowTotals.entries()].sort((a, b) => b[1] - a[1]).slice(0, this.panel.options.rows ?? 10);
    this.columns = [...columns].sort((a, b) => Number(a ?? 0) - Number(b ?? 0));
    this.count = (row, column) => counts.get(JSON.stringify([row, column])) ?? 0;
    this.fields = [rowField, columnField];
    this.paint();
  }

  paint() {
    if (!this.rows) return;
    const [rowField, columnField] = this.fields;
    const head = (field, value) => h('button',
      {
        type: 'button',
        class: 'plain',
        onclick: (event) => openValueMenu(event.currentTarget, field, value, { clause: groupClause(field, value, []) }),
      },
      valueName(value),
    );
    replace(this.box, h('table', {},
      h('thead', {}, h('tr', {}, h('td', {}), this.columns.map((column) => h('th', { scope: 'col' }, head(columnField, column))))),
      h('tbody', {}, this.rows.map(([row, total]) => h('tr', {}, h('th', { scope: 'row' }, head(rowField, row)),
        this.columns.map((column) => this.cell(row, column, total)))))));
  }

  cell(row, column, total) {
    const count = this.count(row, column);
    if (!count) return h('td', { class: 'nothing' }, '\u00b7');
    const [rowField, columnField] = this.fields;
    const clause = `${groupClause(rowField, row, [])} and ${groupClause(columnField, column, [])}`;
    // Faults are rare by count and matter most: shade by the logarithm of the row's share.
    const strength = Math.round(12 + 60 * Math.max(0, 1 + Math.log10(count / total) / 4));
    const hue = columnField === 'status' ? `var(--status-${Math.floor(Number(column) / 100)})` : 'var(--accent)';
    return h('td', {}, h('a', {
      ...behindLink({ clause }), style: { background: `color-mix(in oklab, color-mix(in oklab, ${hue} ${Math.min(62, strength)}%, var(--panel)) var(--shade), var(--panel))` },
      title: `${valueName(row)} \u00b7 ${valueName(column)}: ${format(count, '1')} (${format(count / total, 'ratio')} of the row)`,
    }, format(count, '1')));
  }

  isEmpty() { return this.rows.length === 0; }

  destroy() {}

  table() {
    const [rowField, columnField] = this.fields;
    return {
      columns: [{ label: rowField }, ...this.columns.map((column) => ({ label: valueName(column), number: true }))],
      rows: this.rows.map(([row]) => [{ text: valueName(row), value: [rowField, row] }, ...this.columns.map((column) => ({
        text: format(this.count(row, column), '1'),
        link: this.count(row, column) ? requestsBehind({ clause: `${groupClause(rowField, row, [])} and ${groupClause(columnField, column, [])}` }) : null,
      }))]),
    };
  }

  exportOptions() {
    const rows = [...this.rows].reverse();
    return { options: heatOptions(this.columns.map((column) => valueName(column)), rows.map(([row]) => valueName(row)),
      rows.flatMap(([row], y) => this.columns.map((column, x) => [x, y, this.count(row, column)])), true) };
  }
}

/**
 * The options of a heat map for export: `cells` are `[column, row, value]`; null and, where they are labelled, 0 stay empty.
 * Labelled cells are shaded by the logarithm, as in the table: faults are rare and matter most.
 */
export function heatOptions(columns, rows, cells, labelled) {
  const palette = colors();
  const shade = (value) => (labelled ? Math.log10(1 + value) : value);
  const most = Math.max(...cells.map((cell) => shade(cell[2] ?? 0)), 1e-9);
  const data = cells.filter((cell) => cell[2] !== null && !(labelled && !cell[2]))
    .map(([x, y, value]) => ({ value: [x, y, shade(value), value], label: { color: shade(value) > most * 0.6 ? palette.panel : palette.text } }));
  const axis = (data) => ({
    type: 'category',
    data,
    axisLabel: { color: palette.muted, fontSize: 11 },
    axisLine: { show: false },
    axisTick: { show: false },
  });
  return {
    animation: false, textStyle: { fontFamily: palette.font }, grid: {
      left: 150,
      right: 12,
      top: 8,
      bottom: 28,
    }, xAxis: axis(columns), yAxis: axis(rows),
    visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: palette.heat } },
    series: [{
      type: 'heatmap',
      data,
      label: { show: labelled, formatter: ({ value }) => format(value[3], '1') },
      itemStyle: { borderColor: palette.panel, borderWidth: 1 },
    }],
  };
}
