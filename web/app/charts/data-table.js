// Groups or series as a table: figures with bars, small lines and what changed; ordered and paged by the server.

import { behindLink, follow, openValueMenu, requestsBehind, valueItems } from '../actions.js';
import { levelOf, valueName } from '../answer.js';
import { drillPatch, pageItems } from '../drill.js';
import { comparisonName, isComparable } from '../comparison.js';
import { h, replace, svg } from '../dom.js';
import { format, formatChange, formatCount, formatPoints } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { openMenu } from '../popover.js';
import { current, hrefOf, navigate } from '../router.js';
import { fieldOfLabel } from '../series/series-answer.js';
import { exploreState } from '../series/behind.js';
import { askedFor, remembered } from '../series/series-queries.js';
import { drawSparkline } from './sparkline.js';
import { cellClause, cellSort, columnsOf, measureOf, optionOf, pageOf, placeOf, ROWS_STANDARD, tableQuestions, tableRows } from './table-model.js';

/** Rows of a CSV: as many as the server keeps groups. */
const CSV_ROWS_MAX = 10_000;
/** Fields whose values have a colour of their own. */
const COLORED = new Set(['provider', 'model', 'client']);

function placeNow(spec) {
  return placeOf(current().option[spec.id], columnsOf(spec), Boolean(spec.query));
}

export const tableKind = {
  queries: (spec, wish, pixels) => remembered(spec, tableQuestions(spec, wish, placeNow(spec), pixels)).map((item) => item.query),
  /** The question whose answer is the whole table, for its CSV. */
  csv: ([rows]) => ({ ...rows, limit: CSV_ROWS_MAX, offset: undefined }),
  create: (host, spec) => new DataTable(host, spec),
};

class DataTable {
  constructor(host, spec) {
    this.spec = spec;
    this.columns = columnsOf(spec);
    this.box = h('div', { class: 'data-table scroll-x' });
    this.pager = h('nav', { class: 'pager', 'aria-label': `Pages of ${spec.title}`, hidden: true });
    host.append(this.box, this.pager);
  }

  update(answers) {
    const { spec } = this;
    const asked = askedFor(spec);
    this.place = placeNow(spec);
    this.asked = asked;
    this.model = tableRows(spec, asked, answers);
    const before = answers[asked.findIndex((item) => item.role === 'before')];
    this.compared = isComparable(before);
    this.paint();
  }

  get rowsPerPage() { return this.spec.options.rows ?? this.spec.query?.limit ?? ROWS_STANDARD; }

  get rows() { return this.spec.query ? this.model.rows : pageOf(this.model.rows, this.place, this.rowsPerPage); }

  paint() {
    if (!this.model) return;
    const { model, columns } = this;
    const most = columns.map((_, index) => Math.max(...model.rows.map((row) => Math.abs(row.cells[index].value ?? 0)), Number.MIN_VALUE));
    replace(this.box, h('table', { class: 'cards' },
      h('thead', {}, h('tr', {}, model.fields.map((field, index) => this.head(index === 0 ? 0 : -1, field)), columns.map((column, index) => this.head(index + 1, column.title, column)))),
      h('tbody', {}, this.rows.map((row) => h('tr', {}, model.fields.map((field, index) => this.name(row, field, index)), columns.map((column, index) => this.cell(row, column, row.cells[index], most[index])))))));
    this.drawPager();
  }

  head(column, label, figure) {
    const { spec, place } = this;
    const isAsked = column > 0 && figure.expr && spec.query;
    const properties = { scope: 'col', class: figure ? 'number' : null };
    if (column < 0 || isAsked) return h('th', properties, label);
    const isChosen = place.column === column;
    // Figures are wanted largest first, names from A.
    const descending = isChosen ? !place.descending : column > 0;
    return h('th', { ...properties, 'aria-sort': isChosen ? (place.descending ? 'descending' : 'ascending') : null },
      h('button', { type: 'button', class: 'plain sort', title: `Order by ${label}`, onclick: () => this.go({ column, descending, page: 0 }) }, label, isChosen && icon(place.descending ? 'down' : 'up')));
  }

  go(place) {
    const option = { ...current().option };
    const text = optionOf(place);
    if (text) option[this.spec.id] = text; else delete option[this.spec.id];
    navigate({ option }, { replace: true });
    // Rows that are all here need no answer.
    if (!this.spec.query) { this.place = place; this.paint(); }
  }

  name(row, label, index) {
    const { spec } = this;
    const value = row.keys[index];
    const field = spec.query ? label : fieldOfLabel(label);
    const text = valueName(value, spec.options.labels);
    const swatch = COLORED.has(field) && h('span', { class: 'swatch', style: { background: colorOf(field, value) } });
    const patch = index === 0 && value !== null && drillPatch(spec.drill, value);
    const menu = (event) => this.menu(event.currentTarget, row, field, value, index);
    return h(index === 0 ? 'th' : 'td', { scope: index === 0 ? 'row' : null, class: 'cell-name' },
      patch ? [h('a', { class: 'cell-link', href: hrefOf(patch), onclick: follow(patch) }, swatch, text),
        field && h('button', { type: 'button', class: 'cell-more', 'aria-label': `Filter by ${text}`, onclick: menu }, icon('more'))]
        : field || !spec.query ? h('button', { type: 'button', class: 'plain', onclick: menu }, swatch, text) : [swatch, text]);
  }

  menu(anchor, row, field, value, index) {
    const { spec } = this;
    const more = index === 0 ? pageItems(spec.drill, value) : [];
    if (spec.query) { openValueMenu(anchor, field, value, { clause: both(spec.query.where, row.clause) }, more); return; }
    const explore = exploreState(this.asked[0].query.promql);
    openMenu(anchor, [...more, ...(field ? valueItems(field, value) : []), { label: 'Open in Explore', icon: 'code', href: hrefOf(explore), onclick: follow(explore) }],
      { heading: valueName(value, spec.options.labels) });
  }

  cell(row, column, { value, before, spark }, most) {
    const { spec } = this;
    const level = levelOf(value, column.thresholds);
    const text = format(value, column.unit ?? spec.unit);
    const content = [level && level !== 'ok' && h('span', { class: 'cell-sign', role: 'img', 'aria-label': level }, icon(level)), text];
    const measure = column.measure && measureOf(spec, column);
    const link = measure && value !== null && value !== 0 && behindLink({ clause: cellClause(both(spec.query.where, row.clause), measure), sort: cellSort(measure) });
    const line = spark && svg('svg', { class: 'spark-svg cell-spark', 'aria-hidden': 'true' });
    if (line) drawSparkline(line, spark);
    return h('td', { class: `number${level && level !== 'ok' ? ` level-${level}` : ''}`, 'data-label': column.title },
      h('span', { class: 'cell-figures' }, column.bar && h('span', { class: 'cell-bar', 'aria-hidden': 'true', style: { width: `${(Math.abs(value ?? 0) / most) * 100}%` } }), line, link ? h('a', { ...link, title: 'Show the requests' }, content) : h('span', {}, content), column.change && this.change(column, value, before)));
  }

  change(column, now, before) {
    if (!this.compared || (before === undefined && !this.model.before.knowsAll)) return h('span', { class: 'cell-change' });
    const unit = column.unit ?? this.spec.unit;
    const then = before === undefined ? 0 : before;
    const text = unit === 'ratio' ? formatPoints(now, then) : formatChange(now, then);
    const worse = column.better && now !== null && then !== null && text !== 'same' ? (column.better === 'up') === now < then : null;
    return h('span', { class: `cell-change${worse === null ? '' : worse ? ' bad' : ' good'}`, title: `${comparisonName()}: ${format(then, unit)}` }, text === 'same' ? '\u2248' : text);
  }

  drawPager() {
    const { total } = this.model;
    const { page } = this.place;
    const size = this.rowsPerPage;
    this.pager.hidden = total <= size;
    if (this.pager.hidden) { replace(this.pager); return; }
    const last = Math.max(0, Math.ceil(total / size) - 1);
    const button = (label, sign, to) => h('button', { type: 'button', class: 'icon-button', 'aria-label': label, disabled: to < 0 || to > last || to === page, onclick: () => this.go({ ...this.place, page: to }) }, icon(sign));
    const focus = this.pager.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
    replace(this.pager, h('span', { class: 'muted', 'aria-live': 'polite' }, `${formatCount(page * size + 1)}\u2013${formatCount(Math.min(total, (page + 1) * size))} of ${formatCount(total)}`),
      button('Previous page', 'left', page - 1), button('Next page', 'right', page + 1));
    if (focus) this.pager.querySelector(`[aria-label="${focus}"]:not([disabled])`)?.focus();
  }

  isEmpty() { return this.model.total === 0 || (this.model.rows.length === 0 && this.place.page === 0); }

  destroy() {}

  table() {
    const { model, columns, spec } = this;
    return {
      columns: [...model.fields.map((label) => ({ label })), ...columns.map((column) => ({ label: column.title, number: true }))],
      rows: this.rows.map((row) => [
        ...model.fields.map((label, index) => ({ text: valueName(row.keys[index], spec.options.labels), value: spec.query ? [label, row.keys[index]] : undefined })),
        ...columns.map((column, index) => ({
          text: format(row.cells[index].value, column.unit ?? spec.unit), level: levelOf(row.cells[index].value, column.thresholds),
          link: column.measure && row.cells[index].value ? requestsBehind({ clause: cellClause(both(spec.query.where, row.clause), measureOf(spec, column)), sort: cellSort(measureOf(spec, column)) }) : null,
        })),
      ]),
    };
  }
}

function both(a, b) {
  return [a, b].filter(Boolean).join(' and ');
}
