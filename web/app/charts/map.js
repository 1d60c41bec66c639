// Countries of the world, shaded by a measure, with a list of the same beside it; private networks and unknown ones stand in the list only.
// The outlines are a file of their own, fetched once: where it was not installed, the list stands alone and says so.

import { behindLink, openValueMenu } from '../actions.js';
import { groupClause, levelOf } from '../answer.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { wholeQuery } from '../queries.js';
import { current, navigate } from '../router.js';
import { colors } from '../theme.js';
import { chartLibrary } from './library.js';
import { classLimits, classOf, colorIndex, countryName } from './map-scale.js';
import { hideTooltip, showTooltip } from './tooltip.js';

const OUTLINES = '/vendor/countries.json';
const MAP = 'countries';
/** Room for the title in a picture. */
const HEAD = 64;
/** There are some 250 countries. */
const COUNTRIES_MAX = 300;
const DEFAULT_MEASURES = [{ measure: 'count', label: 'Requests', unit: '1' }];

let outlines = null;

/** Fetches the outlines once; resolves to whether they are there. */
function loadOutlines() {
  outlines ??= fetch(OUTLINES).then(async (response) => {
    if (!response.ok) return false;
    const outline = await response.json();
    (await chartLibrary()).registerMap(MAP, outline);
    return true;
  }).catch(() => false);
  return outlines;
}

function measuresOf(panel) {
  return panel.options?.measures ?? DEFAULT_MEASURES;
}

/** The position of the chosen measure. */
function chosenIndex(panel) {
  const found = measuresOf(panel).findIndex(({ measure }) => measure === current().option[panel.id]);
  return Math.max(0, found);
}

function measureChoice(panel) {
  const measures = measuresOf(panel);
  if (measures.length < 2) return null;
  const chosen = chosenIndex(panel);
  return h('div', { class: 'choice', role: 'group', 'aria-label': 'Measure' }, measures.map(({ measure, label }, index) => h('button', {
    type: 'button', 'aria-pressed': String(index === chosen),
    onclick: () => navigate({ option: { ...current().option, [panel.id]: measure } }, { replace: true }),
  }, label)));
}

function allMeasures(panel) {
  const measures = measuresOf(panel).map(({ measure }) => measure);
  return measures.includes('count') ? measures : ['count', ...measures];
}

export const mapKind = {
  // All measures at once: another choice asks nothing.
  queries: (panel, wish) => [wholeQuery({ ...panel.query, measures: allMeasures(panel), by: ['country'], order: '-count', limit: COUNTRIES_MAX }, wish)],
  create: (host, panel) => new CountryMap(host, panel),
  tools: measureChoice,
};

class CountryMap {
  constructor(host, panel) {
    this.panel = panel;
    this.canvas = h('div', { class: 'map-canvas', 'aria-hidden': 'true' });
    this.legend = h('ul', { class: 'map-legend', 'aria-label': 'Colours' });
    this.note = h('p', { class: 'map-note', hidden: true }, 'The outlines of the world map are not installed; scripts/setup fetches them. The list has all figures.');
    this.list = h('ol', { class: 'ranking map-list', tabindex: '0', 'aria-label': `${panel.title} by country` });
    this.element = h('div', { class: 'map' }, h('div', { class: 'map-picture' }, this.canvas, this.legend), h('div', { class: 'map-side' }, this.note, this.list));
    host.append(this.element);
    this.resized = new ResizeObserver(() => this.resize());
    this.resized.observe(this.canvas);
  }

  update([answer]) {
    const names = answer.columns.map(({ name }) => name);
    const place = (measure) => names.indexOf(measure) >= 0 ? names.indexOf(measure) : 1 + allMeasures(this.panel).indexOf(measure);
    const known = answer.rows.map((row) => row[0]).filter((value) => value !== null);
    this.countries = answer.rows.filter((row) => row[place('count')]).map((row) => ({
      code: row[0], name: countryName(row[0]), count: row[place('count')], values: measuresOf(this.panel).map(({ measure }) => row[place(measure)]),
      clause: [this.panel.query?.where, groupClause('country', row[0], known)].filter(Boolean).join(' and '),
    }));
    // Not before there is something to show: who never looks at a map does not load one.
    if (this.hasOutlines === undefined) loadOutlines().then((there) => { this.hasOutlines = there; this.paint(); });
    else this.paint();
  }

  /** Countries by the chosen measure, the largest first; those that are no country last. */
  sorted(index) {
    const isPlace = ({ code }) => code !== null && code !== 'private';
    return [...this.countries].sort((a, b) => isPlace(b) - isPlace(a) || (b.values[index] ?? -1) - (a.values[index] ?? -1));
  }

  paint() {
    if (!this.countries || this.hasOutlines === undefined) return;
    const index = chosenIndex(this.panel);
    this.measure = measuresOf(this.panel)[index];
    this.rows = this.sorted(index).map((country) => ({ ...country, value: country.values[index] }));
    this.places = this.rows.filter(({ code, value }) => code !== null && code !== 'private' && value !== null);
    this.limits = classLimits(this.places.map(({ value }) => value));
    this.element.classList.toggle('without-outlines', !this.hasOutlines);
    this.note.hidden = this.hasOutlines;
    const most = Math.max(...this.places.map(({ value }) => value), Number.MIN_VALUE);
    replace(this.list, this.rows.map((row) => this.row(row, most)));
    this.paintLegend();
    this.paintMap();
  }

  text(value) {
    return format(value, this.measure.unit ?? '1');
  }

  row(row, most) {
    const level = ['warning', 'critical'].find((name) => name === levelOf(row.value, this.measure.thresholds));
    return h('li', {},
      h('button', { type: 'button', class: 'ranking-name', title: `${row.name}: filter or show`, onclick: (event) => openValueMenu(event.currentTarget, 'country', row.code, { clause: row.clause }) }, row.name),
      h('a', { class: 'ranking-bar', ...behindLink({ clause: row.clause }), title: 'Show the requests', 'aria-label': `${row.name}: ${this.measure.label} ${this.text(row.value)}, ${format(row.count, '1')} requests` },
        // What is no country would dwarf the others.
        this.places.includes(row) && h('span', { class: 'ranking-fill', style: { width: `${Math.max(0.5, (row.value / most) * 100)}%`, background: this.colorOf(row) } })),
      h('span', { class: `ranking-figure${level ? ` level-${level}` : ''}` }, level && '▲ ', this.text(row.value)));
  }

  colorOf(row) {
    const palette = colors();
    if (row.code === null || row.code === 'private' || row.value === null || row.value === undefined) return palette.other;
    return palette.heat[colorIndex(classOf(row.value, this.limits), this.limits)];
  }

  paintLegend() {
    const palette = colors();
    replace(this.legend, this.limits.map((limit, number) => h('li', {},
      h('span', { class: 'swatch', style: { background: palette.heat[colorIndex(number, this.limits)] } }),
      number === 0 ? `up to ${this.text(limit)}` : `${this.text(this.limits[number - 1])} – ${this.text(limit)}`)));
  }

  series() {
    const palette = colors();
    return {
      type: 'map', map: MAP, roam: false, selectedMode: false, left: 4, right: 4, top: 4, bottom: 4,
      itemStyle: { areaColor: palette.faint, borderColor: palette.panel, borderWidth: 0.6 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: palette.accent } },
      data: this.places.map((row) => ({ name: row.code, value: row.value, itemStyle: { areaColor: this.colorOf(row) } })),
    };
  }

  paintMap() {
    if (!this.hasOutlines || !this.canvas.clientWidth) return;
    if (!this.chart) {
      this.chart = window.echarts.init(this.canvas, null, { renderer: 'canvas' });
      this.chart.on('mousemove', (event) => this.point(event));
      this.chart.on('mouseout', hideTooltip);
      this.chart.on('click', (event) => this.pick(event));
    }
    this.chart.setOption({ animation: false, series: [this.series()] });
  }

  rowOf(code) {
    return this.rows.find((row) => row.code === code);
  }

  point({ name, event }) {
    const row = this.rowOf(name);
    const rows = row ? measuresOf(this.panel).map((measure, index) => ({ name: measure.label, text: format(row.values[index], measure.unit ?? '1') })) : [];
    showTooltip({ heading: countryName(name), rows, note: row ? '' : 'No requests in this range' }, event.event.clientX, event.event.clientY);
  }

  pick({ name, event }) {
    const row = this.rowOf(name);
    hideTooltip();
    if (row) openValueMenu({ x: event.event.clientX, y: event.event.clientY }, 'country', row.code, { clause: row.clause });
  }

  resize() {
    if (this.chart) this.chart.resize(); else this.paint();
  }

  isEmpty() {
    return this.countries.length === 0;
  }

  destroy() {
    this.resized.disconnect();
    this.chart?.dispose();
    hideTooltip();
  }

  table() {
    const measures = measuresOf(this.panel);
    return {
      columns: [{ label: 'Country' }, ...measures.map(({ label }) => ({ label, number: true }))],
      rows: this.sorted(chosenIndex(this.panel)).map((row) => [
        { text: row.name, value: ['country', row.code] }, ...measures.map(({ unit }, index) => ({ text: format(row.values[index], unit ?? '1') })),
      ]),
    };
  }

  exportOptions() {
    const palette = colors();
    if (!this.hasOutlines) return null;
    const pieces = this.limits.map((limit, number) => ({
      gt: number === 0 ? Number.NEGATIVE_INFINITY : this.limits[number - 1], lte: limit, color: palette.heat[colorIndex(number, this.limits)],
      label: number === 0 ? `up to ${this.text(limit)}` : `${this.text(this.limits[number - 1])} – ${this.text(limit)}`,
    }));
    return {
      options: {
        animation: false, textStyle: { fontFamily: palette.font },
        visualMap: { type: 'piecewise', pieces, left: 8, bottom: 8, textStyle: { color: palette.text }, itemWidth: 14, itemHeight: 12 },
        series: [{ ...this.series(), top: HEAD, bottom: 12, data: this.places.map((row) => ({ name: row.code, value: row.value })) }],
      },
    };
  }
}
