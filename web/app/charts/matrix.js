// Two fields against each other: a table whose cells are shaded by a measure and lead to their requests.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, levelOf, valueName } from '../answer.js';
import { nameOf } from '../batch-plan.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format } from '../format.js';
import { wholeQuery } from '../queries.js';
import { colors } from '../theme.js';
import { cellStrength, matrixModel } from './matrix-model.js';

export const matrixKind = {
  queries: (panel, wish) => [wholeQuery(panel.query, wish)],
  create: (host, panel) => new Matrix(host, panel),
};

class Matrix {
  constructor(host, panel) {
    this.panel = panel;
    this.box = h('div', { class: 'heat-table scroll-x' });
    host.append(this.box);
  }

  update([answer]) {
    const { query, options } = this.panel;
    this.fields = query.by;
    const place = Math.max(0, query.measures.map(nameOf).indexOf(options.measure));
    // Counts of faults are rare and matter most: unless said otherwise they are shaded by the logarithm of their row's share.
    this.isCount = !options.measure && query.measures[0] === 'count';
    this.model = matrixModel(answer.rows, place, options.rows ?? 10);
    this.scale = options.scale ?? (this.isCount ? 'row' : 'all');
    this.logarithmic = options.log ?? this.isCount;
    this.paint();
  }

  paint() {
    if (!this.model) return;
    const [rowField, columnField] = this.fields;
    const { rows, columns } = this.model;
    const head = (field, value) => (value === '_other' ? valueName(value) : h('button', {
      type: 'button', class: 'plain', onclick: (event) => openValueMenu(event.currentTarget, field, value, { clause: groupClause(field, value, []) }),
    }, valueName(value, this.panel.options.labels)));
    replace(this.box, h('table', {},
      h('thead', {}, h('tr', {}, h('td', {}), columns.map((column) => h('th', { scope: 'col' }, head(columnField, column))))),
      h('tbody', {}, rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, head(rowField, row.value)), columns.map((column) => this.cell(row, column)))))));
  }

  cell(row, column) {
    const { panel, model } = this;
    const value = row.cells.get(column);
    if (value === undefined || value === null || (this.isCount && !value)) return h('td', { class: 'nothing' }, '\u00b7');
    const strength = Math.round(12 + 50 * cellStrength(value, this.scale === 'row' ? row.sum : model.sum, this.scale === 'row' ? row.most : model.most, { logarithmic: this.logarithmic, isCount: this.isCount }));
    const text = format(value, panel.unit);
    const share = this.isCount ? ` (${format(value / row.sum, 'ratio')} of the row)` : '';
    return h('td', {}, h('a', {
      ...behindLink({ clause: this.clause(row.value, column), sort: panel.drill?.sort ?? '-time' }),
      style: { background: `color-mix(in oklab, color-mix(in oklab, ${this.hue(column, value)} ${Math.min(62, strength)}%, var(--panel)) var(--shade), var(--panel))` },
      title: `${valueName(row.value)} \u00b7 ${valueName(column)}: ${text}${share}`,
    }, text));
  }

  hue(column, value) {
    const level = levelOf(value, this.panel.thresholds);
    if (level && level !== 'ok') return `var(--${level})`;
    return this.fields[1] === 'status' ? `var(--status-${Math.floor(Number(column) / 100)})` : 'var(--accent)';
  }

  clause(row, column) {
    const [rowField, columnField] = this.fields;
    return [this.panel.query.where, groupClause(rowField, row, []), groupClause(columnField, column, []), this.panel.drill?.where].filter(Boolean).reduce(both, '');
  }

  isEmpty() { return this.model.rows.length === 0; }

  destroy() {}

  table() {
    const [rowField] = this.fields;
    const { rows, columns } = this.model;
    return {
      columns: [{ label: rowField }, ...columns.map((column) => ({ label: valueName(column), number: true }))],
      rows: rows.map((row) => [{ text: valueName(row.value), value: [rowField, row.value] }, ...columns.map((column) => {
        const value = row.cells.get(column) ?? null;
        return { text: format(this.isCount ? value ?? 0 : value, this.panel.unit), level: levelOf(value, this.panel.thresholds), link: value ? requestsBehind({ clause: this.clause(row.value, column) }) : null };
      })]),
    };
  }

  exportOptions() {
    const rows = [...this.model.rows].reverse();
    const { columns } = this.model;
    return { options: heatOptions(columns.map((column) => valueName(column)), rows.map((row) => valueName(row.value)),
      rows.flatMap((row, y) => columns.map((column, x) => [x, y, row.cells.get(column) ?? (this.isCount ? 0 : null)])), true, this.panel.unit) };
  }
}

/**
 * The options of a heat map for export: `cells` are `[column, row, value]`; null and, where they are labelled, 0 stay empty.
 * Labelled cells are shaded by the logarithm, as in the table: faults are rare and matter most.
 */
export function heatOptions(columns, rows, cells, labelled, unit = '1') {
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
      label: { show: labelled, formatter: ({ value }) => format(value[3], unit) },
      itemStyle: { borderColor: palette.panel, borderWidth: 1 },
    }],
  };
}
