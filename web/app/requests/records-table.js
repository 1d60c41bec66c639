// The requests themselves: sorted, filtered and paged by the server; columns by choice; a click opens one in the side panel.

import { fetchRecords } from '../api.js';
import { keepOnly, leaveOut } from '../actions.js';
import { h, replace } from '../dom.js';
import { loadFields } from '../fields.js';
import { format, formatCount } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { emptyNotice, errorNotice } from '../panel-states.js';
import { wholeQuery } from '../queries.js';
import { addPanel, demand } from '../refresher.js';
import { current, linkTo, navigate, onNavigate } from '../router.js';
import { cellText, DEFAULT_COLUMNS, fieldsFor, headOf, isFilterable, isNumeric, sortFieldOf, TIMING } from './columns.js';
import { chooseColumns, chooseDensity, chooseExport, chooseSort } from './records-tools.js';
import { openViews } from './saved-views.js';
import { steps } from './steps.js';
import { waterfall } from './waterfall.js';

/** Records per page: two screens of a large display. */
const PAGE = 50;
/** How far below the screen the table is loaded ahead. */
const AHEAD = '200px';

export class RecordsTable {
  constructor() {
    this.records = [];
    this.cursor = null;
    this.stale = true;
    this.build();
    this.observer = new IntersectionObserver(([entry]) => this.seen(entry.isIntersecting), { rootMargin: AHEAD });
    this.observer.observe(this.element);
    this.stops = [addPanel(this), onNavigate((state, changed) => this.navigated(changed))];
    loadFields().then(() => this.draw(), () => {});
    steps.follow(this);
  }

  build() {
    this.count = h('span', { class: 'records-count' });
    this.newer = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => this.load() }, icon('up'), 'Newer requests');
    this.head = h('thead', {});
    this.rows = h('tbody', {});
    this.more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.loadMore() }, 'Load more');
    this.over = h('div', { class: 'records-over' });
    const tool = (label, sign, opens, act, more = '') => h('button', {
      type: 'button', class: `button small ${more}`, 'aria-haspopup': opens, onclick: (event) => act(event.currentTarget),
    }, icon(sign), label);
    const tools = h('div', { class: 'panel-tools' },
      tool('Views', 'star', 'dialog', openViews),
      tool('Rows', 'rows', 'menu', chooseDensity, 'density-button'),
      tool('Columns', 'columns', 'dialog', (anchor) => chooseColumns(anchor, this.columns())),
      tool('Sort', 'swap', 'menu', chooseSort, 'sort-button'),
      tool('Export', 'download', 'menu', (anchor) => this.wish && chooseExport(anchor, this.parameters(), this.columns(), `${format(this.matched, '1')} requests`)));
    this.element = h('section', { class: 'panel panel-records', id: 'records', 'aria-labelledby': 'title-records' },
      h('div', { class: 'progress', 'aria-hidden': 'true' }),
      h('header', { class: 'panel-head' }, h('h2', { id: 'title-records' }, 'Requests'), this.count, this.newer, tools),
      h('div', { class: 'records-scroll scroll-x', tabindex: '-1' }, h('table', { class: 'records cards' }, this.head, this.rows)),
      this.over,
      h('div', { class: 'records-foot' }, this.more));
  }

  seen(inView) {
    const came = inView && !this.inView;
    this.inView = inView;
    if (came && this.stale) demand('new');
  }

  columns() {
    const { cols } = current();
    return cols.length ? cols : DEFAULT_COLUMNS;
  }

  // --- as a panel of the refresher: its count comes with the batch, and then the page of records is fetched

  isVisible() { return Boolean(this.inView) && this.element.isConnected && !current().full; }

  queries(wish) {
    this.wish = wish;
    return [wholeQuery({ measures: ['count'] }, wish)];
  }

  setLoading(on) { this.element.classList.toggle('loading', on); }

  accept([answer]) {
    const matched = answer.rows[0][0];
    const key = JSON.stringify([current().from, current().to, current().tz, current().where, current().sort, current().cols]);
    const same = key === this.key;
    this.key = key;
    this.count.textContent = formatCount(matched);
    // Rows must not move under a reader: one who has paged on, or has a record open, is only told that there is more.
    const reading = this.records.length > PAGE || current().open || this.element.matches(':hover, :focus-within');
    if (same && reading) { this.newer.hidden = matched === this.matched || current().sort !== '-time'; return; }
    this.matched = matched;
    this.newer.hidden = true;
    this.load();
  }

  fail(error) {
    this.records = [];
    this.draw();
    replace(this.over, errorNotice(error));
  }

  parameters() {
    const { range, zone, where } = this.wish;
    return { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), where, time_zone: zone };
  }

  async load() {
    this.newer.hidden = true;
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.setLoading(true);
    try {
      const page = await fetchRecords({ ...this.parameters(), sort: current().sort, limit: PAGE, fields: fieldsFor(this.columns()) }, signal);
      this.records = page.records;
      this.cursor = page.next_cursor;
      this.shownFor = this.parameters();
      replace(this.over, this.records.length === 0 && emptyNotice({}));
      this.draw();
    } catch (error) {
      if (error.name !== 'AbortError') this.fail(error);
      return;
    } finally {
      if (!signal.aborted) this.setLoading(false);
    }
  }

  async loadMore() {
    if (!this.cursor || this.more.disabled) return;
    this.more.disabled = true;
    this.more.textContent = 'Loading\u2026';
    const { request } = this;
    try {
      const page = await fetchRecords(
        { ...this.shownFor, sort: current().sort, limit: PAGE, cursor: this.cursor, fields: fieldsFor(this.columns()) },
        request.signal,
      );
      this.records.push(...page.records);
      this.cursor = page.next_cursor;
      this.append(page.records);
    } catch (error) {
      if (error.name !== 'AbortError') replace(this.over, errorNotice(error));
    }
    this.more.disabled = false;
    this.foot();
  }

  // --- drawing

  draw() {
    const { sort, density } = current();
    this.element.dataset.density = density;
    const columns = this.columns();
    const by = sort.replace(/^-/, '');
    replace(this.head, h('tr', {}, columns.map((column) => {
      const on = sortFieldOf(column) === by;
      const descending = sort.startsWith('-');
      return h('th', { scope: 'col', class: isNumeric(column) ? 'number' : null, 'aria-sort': on ? (descending ? 'descending' : 'ascending') : null },
        h('button',
          {
            type: 'button',
            class: 'plain',
            title: `Sort by ${headOf(column)}`,
            onclick: () => navigate({ sort: on && descending ? sortFieldOf(column) : `-${sortFieldOf(column)}` }),
          },
          headOf(column),
          on && icon(descending ? 'down' : 'up'),
        ));
    })));
    replace(this.rows);
    this.append(this.records);
    this.foot();
  }

  append(records) {
    const columns = this.columns();
    this.longest = scaleOf(this.records);
    this.rows.append(...records.map((record) => this.row(record, columns)));
    this.mark();
  }

  foot() {
    this.more.hidden = !this.cursor;
    this.more.textContent = `Load more (${formatCount(this.records.length)} shown)`;
  }

  row(record, columns) {
    const failed = record.error_type !== undefined || record.status >= 400;
    return h('tr', {
      dataset: { id: record.id },
      class: failed ? 'failed' : null,
      onclick: (event) => { if (!event.target.closest('a, button') && !String(getSelection())) steps.open(record.id); },
    },
      columns.map((column) => this.cell(record, column)));
  }

  cell(record, column) {
    const label = { 'data-label': headOf(column), class: isNumeric(column) ? 'number' : `cell-${column}` };
    if (column === TIMING) return h('td', label, waterfall(record, this.longest));
    const value = record[column];
    if (column === 'time') return h('td', label, h('a', { ...linkTo(() => ({ open: record.id })) }, cellText('time', value)));
    if (value === undefined || value === null) return h('td', { ...label, class: `${label.class} absent` });
    const text = cellText(column, value);
    if (!isFilterable(column)) return h('td', label, text);
    return h('td', label, h('span', { class: 'cell' }, this.decoration(column, value), h('span', { class: 'cell-text', title: text }, text),
      h('span', { class: 'cell-actions' },
        h('button',
          {
            type: 'button',
            'aria-label': `Filter for ${column} ${text}`,
            title: 'Filter for this value',
            tabindex: '-1',
            onclick: () => keepOnly(column, value),
          },
          icon('plus'),
        ),
        h('button',
          {
            type: 'button',
            'aria-label': `Filter out ${column} ${text}`,
            title: 'Filter out',
            tabindex: '-1',
            onclick: () => leaveOut(column, value),
          },
          icon('minus'),
        ))));
  }

  decoration(column, value) {
    if (column === 'status') return h('span', { class: `status-mark status-${Math.floor(value / 100)}` });
    return ['provider', 'model'].includes(column) ? h('span', { class: 'swatch', style: { background: colorOf(column, value) } }) : null;
  }

  mark() {
    const { open } = current();
    for (const row of this.rows.children) row.classList.toggle('open', row.dataset.id === open);
  }

  navigated(changed) {
    if (changed.has('open')) { this.mark(); this.rows.querySelector('tr.open')?.scrollIntoView({ block: 'nearest' }); }
    if (!this.element.isConnected) return;
    if (changed.has('density')) this.element.dataset.density = current().density;
    if (changed.has('cols')) { this.draw(); this.stale = true; demand('new'); } else if (changed.has('sort')) { this.stale = true; demand('new'); }
  }

  destroy() {
    for (const stop of this.stops) stop();
    this.observer.disconnect();
    this.request?.abort();
    steps.follow(null);
  }
}

// The 90th percentile fills the bar: one request of a minute would shrink all others to nothing.
function scaleOf(records) {
  const durations = records.map((record) => record.duration ?? 0).sort((a, b) => a - b);
  return Math.max(durations[Math.floor(durations.length * 0.9)] ?? 0, 1e-9);
}
