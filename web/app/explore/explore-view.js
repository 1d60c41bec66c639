// The Explore page: an expression, its chart or table, and behind each point of a derived family its own requests.

import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { skeleton } from '../panel-states.js';
import { openMenu, toast } from '../popover.js';
import { addPanel, demand } from '../refresher.js';
import { current, linkTo, navigate, onNavigate, zone } from '../router.js';
import { onThemeChange } from '../theme.js';
import { formatInstant } from '../zone.js';
import { Editor } from './editor.js';
import { browseMetrics } from './metric-browser.js';
import { PointRequests } from './point-requests.js';
import { formatQuery, instantQuery, rangeQuery } from './prometheus-api.js';
import { SeriesChart } from './series-chart.js';
import { chartModel, chooseStep, DRAWN_MAX, gridOf, tableRows, UNITS, unitOf } from './series.js';

/** Rows of the table; more would only slow the page. */
const ROWS_MAX = 500;

const EXAMPLES = [
  ['Requests per second by provider', 'sum by (provider) (rate(llm_gateway_llm_gateway_requests_total[5m]))'],
  ['Share of requests that fail, by model', 'sum by (model) (rate(llm_gateway_llm_gateway_requests_total{status="error"}[5m])) / sum by (model) (rate(llm_gateway_llm_gateway_requests_total[5m]))'],
  ['95th percentile of the duration, by model', 'histogram_quantile(0.95, sum by (le, model) (rate(llm_gateway_llm_gateway_request_duration_seconds_bucket[5m])))'],
  ['Time to first token, by provider', 'histogram_quantile(0.5, sum by (le, provider) (rate(llm_gateway_llm_gateway_ttft_seconds_bucket[5m])))'],
  ['Output tokens per second, by model', 'sum by (model) (rate(llm_gateway_llm_gateway_tokens_total{type="output"}[5m]))'],
  ['Dollars per hour, by provider', 'sum by (provider) (increase(gatewayz_cost_by_provider[1h]))'],
  ['Errors of the last hour, by kind', 'topk(5, sum by (error_type) (increase(llm_gateway_llm_gateway_errors_total[1h])))'],
];

export class ExploreView {
  constructor() {
    this.stale = true;
    this.build();
    this.stops = [addPanel(this), onNavigate((_, changed) => this.navigated(changed)), () => this.chart.destroy(), () => this.point.destroy()];
    onThemeChange(() => this.chart.paint());
    this.show();
  }

  build() {
    this.editor = new Editor({ run: (text) => this.run(text) });
    this.chart = new SeriesChart({ pick: (series, time) => this.choose(series.metric, time) });
    this.point = new PointRequests({ close: () => navigate({ point: '' }) });
    this.facts = h('span', { class: 'explore-facts', 'aria-live': 'polite' });
    this.notes = h('div', { class: 'explore-notes' });
    this.over = h('div', { class: 'explore-over' });
    this.tabs = h('nav', { class: 'choice', 'aria-label': 'View' });
    this.unit = h('button', { type: 'button', class: 'button small', 'aria-haspopup': 'menu', onclick: () => this.chooseUnit() });
    const tool = (label, sign, act) => h('button', { type: 'button', class: 'button', onclick: act }, icon(sign), label);
    this.panel = h('section', { class: 'panel panel-explore', id: 'explore', 'aria-label': 'Result' },
      h('div', { class: 'progress', 'aria-hidden': 'true' }),
      h('header', { class: 'panel-head' }, this.tabs, this.facts, h('div', { class: 'panel-tools' }, this.unit)),
      this.notes, h('div', { class: 'explore-result' }, this.chart.element, this.over));
    this.element = h('div', { class: 'page page-explore' },
      h('div', { class: 'page-head' }, h('h1', {}, 'Explore')),
      h('div', { class: 'explore-ask' }, this.editor.element,
        h('div', { class: 'explore-tools' },
          h('button', { type: 'button', class: 'button primary', title: 'Enter', onclick: () => this.editor.submit() }, icon('play'), 'Run'),
          tool('Metrics', 'list', () => browseMetrics((name) => this.insert(name))),
          tool('Format', 'code', () => this.layOut()))),
      this.panel, this.point.element);
  }

  // --- what the person does

  run(text) {
    if (text === current().expr) { this.stale = true; demand('new'); } else navigate({ expr: text, point: '' });
  }

  insert(name) {
    this.editor.put(this.editor.text ? `${this.editor.text} ${name}` : name);
    this.editor.focus();
  }

  async layOut() {
    if (!this.editor.text) return;
    try {
      this.editor.put(await formatQuery(this.editor.text));
      this.editor.submit();
    } catch (error) { this.editor.showError(error); }
  }

  choose(metric, time) {
    navigate({ point: `${time / 1000} ${JSON.stringify(metric)}` });
    this.point.element.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }

  chooseUnit() {
    const chosen = current().option.explore ?? 'auto';
    openMenu(this.unit, UNITS.map(([unit, label]) => ({
      label, checked: unit === chosen, onclick: () => navigate({ option: withUnit(current().option, unit) }, { replace: true }),
    })), { heading: 'Unit' });
  }

  // --- as a panel of the refresher: it is woken at the pace of the range and asks the Prometheus API itself

  isVisible() { return this.element.isConnected && current().page === 'explore'; }

  queries(wish) {
    this.wish = wish;
    return [];
  }

  setLoading(on) { if (!on || !this.request) this.panel.classList.toggle('loading', on); }

  accept() { this.load(); }

  fail(error) { this.showFailure(error); }

  async load() {
    const { expr } = current();
    this.request?.abort();
    this.request = null;
    if (!expr) { this.showExamples(); return; }
    const request = (this.request = new AbortController());
    this.panel.classList.add('loading');
    const started = performance.now();
    try {
      const answer = await this.ask(expr, request.signal);
      this.error = null;
      this.editor.showError(null);
      this.draw(answer, performance.now() - started);
    } catch (error) {
      if (error.name !== 'AbortError') this.showFailure(error);
    } finally {
      if (this.request === request) { this.request = null; this.panel.classList.remove('loading'); }
    }
  }

  async ask(expr, signal) {
    const { range } = this.wish;
    if (current().tab === 'table') return { table: true, time: range.to, ...(await instantQuery(expr, range.to, signal)) };
    const grid = gridOf(range, chooseStep(range.to - range.from, this.chart.pixels));
    return { grid, ...(await rangeQuery(expr, grid, signal)) };
  }

  // --- drawing

  draw(answer, took) {
    this.answer = answer;
    const { data, warnings = [], infos = [] } = answer;
    replace(this.notes, [...warnings, ...infos].map((text) => h('p', { class: 'panel-note' }, icon('warning'), h('span', { title: text }, text))));
    const count = Array.isArray(data.result) && !['scalar', 'string'].includes(data.resultType) ? data.result.length : 1;
    const what = answer.table ? data.resultType : `every ${stepText(answer.grid.step)}`;
    replace(this.facts, `${count.toLocaleString('en')} series \u00b7 ${what} \u00b7 ${Math.round(took)} ms`);
    if (answer.table) this.drawTable(answer); else this.drawChart(answer);
  }

  drawChart({ data, grid }) {
    const model = chartModel(data.result, grid);
    const isEmpty = model.series.every((series) => series.values.every((value) => value === null));
    this.chart.element.hidden = isEmpty;
    replace(this.over, isEmpty ? this.emptiness(data.result.length > 0) : model.total > DRAWN_MAX && h('p', { class: 'muted' },
      `The ${DRAWN_MAX} largest of ${model.total.toLocaleString('en')} series are drawn. Aggregate (sum by, topk) to see what matters, or read the table.`));
    if (isEmpty) return;
    const unit = current().option.explore ?? 'auto';
    this.chart.update(model, unit === 'auto' ? unitOf(current().expr) : unit);
  }

  emptiness(hasSeries) {
    return h('div', { class: 'notice notice-empty' }, h('div', {}, h('strong', {}, hasSeries ? 'No numbers to draw' : 'No series in this range'),
      h('p', { class: 'muted' }, hasSeries ? 'All values are NaN, infinite or histograms: the table shows them.' : 'Nothing matches the expression here. A comparison keeps only what fulfils it; a rate needs its metric within the brackets\u2019 time.'),
      hasSeries && h('a', { class: 'button', ...linkTo(() => ({ tab: 'table' })) }, icon('table'), 'Show the table')));
  }

  drawTable({ data, time }) {
    this.chart.element.hidden = true;
    const rows = tableRows(data);
    if (rows.length === 0) { replace(this.over, this.emptiness(false)); return; }
    const labels = [...new Set(rows.flatMap((row) => Object.keys(row.metric)))].sort((a, b) => (a === '__name__' ? -1 : b === '__name__' ? 1 : a < b ? -1 : 1));
    replace(this.over,
      h('p', { class: 'muted' }, `At ${formatInstant(time, zone(), 's')}, the end of the range.${rows.length > ROWS_MAX ? ` The first ${ROWS_MAX} of ${rows.length.toLocaleString('en')} rows.` : ''}`),
      h('div', { class: 'panel-table scroll-x' }, h('table', {},
        h('thead', {}, h('tr', {}, labels.map((label) => h('th', { scope: 'col' }, label)), h('th', { scope: 'col', class: 'number' }, 'value'))),
        h('tbody', {}, rows.slice(0, ROWS_MAX).map((row) => h('tr', {}, labels.map((label) => h('td', {}, row.metric[label] ?? '')),
          h('td', { class: 'number' }, h('button', { type: 'button', class: 'plain', title: 'Show the requests behind it', onclick: () => this.choose(row.metric, Math.round(row.time * 1000)) }, row.value))))))));
  }

  showFailure(error) {
    this.error = error;
    this.chart.element.hidden = true;
    replace(this.facts);
    replace(this.notes);
    this.editor.showError(error);
    replace(this.over, h('div', { class: 'notice notice-error', role: 'alert' }, icon('warning'),
      h('div', {}, h('strong', {}, error.code === 'bad_data' ? 'The expression cannot be read' : 'No answer to this expression'), h('p', {}, error.code === 'bad_data' ? 'What is wrong, and where, stands below the editor.' : error.message),
        error.code !== 'bad_data' && h('button', { type: 'button', class: 'button', onclick: () => { this.stale = true; demand('new'); } }, icon('refresh'), 'Try again'))));
  }

  showExamples() {
    this.chart.element.hidden = true;
    replace(this.facts);
    replace(this.notes);
    replace(this.over, h('div', { class: 'explore-examples' }, h('p', {}, 'Ask for any metric: families derived from the kept requests, for their whole past, and series that were scraped or written. For example:'),
      h('ul', {}, EXAMPLES.map(([question, expr]) => h('li', {}, h('a', { ...linkTo(() => ({ expr, point: '' })) }, question), h('code', {}, expr)))),
      h('p', { class: 'muted' }, 'Click a point of a derived family to see exactly the requests that it counts.')));
  }

  navigated(changed) {
    if (!this.element.isConnected) return;
    if (['expr', 'tab'].some((key) => changed.has(key))) { this.stale = true; this.error = null; demand('new'); }
    if (this.answer && !this.answer.table && ['only', 'option'].some((key) => changed.has(key))) this.drawChart(this.answer);
    this.show();
  }

  /** What does not wait for an answer. */
  show() {
    const { expr, tab, point, option } = current();
    this.editor.asked = expr;
    this.editor.show(expr);
    if (this.error) this.editor.showError(this.error);
    replace(this.tabs, [['graph', 'Graph'], ['table', 'Table']].map(([name, label]) => h('a', { ...linkTo(() => ({ tab: name })), 'aria-current': tab === name ? 'page' : null }, label)));
    replace(this.unit, UNITS.find(([unit]) => unit === (option.explore ?? 'auto'))?.[1] ?? 'Unit');
    this.unit.hidden = tab === 'table';
    if (!expr) this.showExamples(); else if (!this.answer && !this.error) replace(this.over, skeleton('time'));
    this.point.show(pointOf(point, expr)).catch((error) => toast(error.message));
  }

  destroy() {
    this.request?.abort();
    for (const stop of this.stops) stop();
  }
}

function withUnit(option, unit) {
  const next = { ...option };
  if (unit === 'auto') delete next.explore; else next.explore = unit;
  return next;
}

/** The chosen point in the URL, `1700000000.5 {"model":"x"}`; null where there is none or it is not one. */
function pointOf(text, query) {
  const at = text.indexOf(' ');
  if (at < 0 || !query) return null;
  const time = Number(text.slice(0, at)) * 1000;
  try {
    const metric = JSON.parse(text.slice(at + 1));
    return Number.isFinite(time) && metric && typeof metric === 'object' ? { query, time, metric } : null;
  } catch { return null; }
}

function stepText(seconds) {
  for (const [unit, size] of [['d', 86_400], ['h', 3_600], ['min', 60]]) if (seconds % size === 0) return `${seconds / size} ${unit}`;
  return `${seconds} s`;
}
