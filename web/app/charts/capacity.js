// Capacity: the peak of each day, how it grows, and when a limit is reached, with the doubt that there is about it.

import { sendJSON } from '../api.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { current, navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { colors } from '../theme.js';
import { formatInstant } from '../zone.js';
import { requestsBehind } from '../actions.js';
import { canPaint } from './library.js';
import { TimeSurface } from './surface.js';
import { gridOf, timeOptions } from './time-options.js';

const DAY_MS = 86_400_000;
/** A trend over days does not change from minute to minute. */
const FRESH_MS = 300_000;

/** What the operator has typed as the capacity, or null. */
function typedLimit(panel) {
  const typed = Number(current().option[panel.id]);
  return typed > 0 ? typed : null;
}

export const capacityKind = {
  // The limit may be what a rule records; a number needs no question. The bare count only says that the page wants to be fresh.
  queries: (panel, wish) => [isRecorded(panel.options.limit) ? { ...span(wish), promql: panel.options.limit } : { ...span(wish), measures: ['count'] }],
  create: (host, panel) => new Capacity(host, panel),
  tools: (panel) => limitInput(panel),
};

// Whether a limit is an expression, and neither a number nor left out.
function isRecorded(limit) {
  return limit !== undefined && !Number.isFinite(Number(limit));
}

function span({ range: { from, to }, zone: timeZone }) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), time_zone: timeZone };
}

function limitInput(panel) {
  const input = h('input', {
    type: 'number', min: '0', step: 'any', class: 'capacity-limit', placeholder: 'capacity', value: typedLimit(panel) ?? '', 'aria-label': `Capacity in ${panel.unit}`,
    onchange: () => {
      const option = { ...current().option };
      if (Number(input.value) > 0) option[panel.id] = input.value; else delete option[panel.id];
      navigate({ option }, { replace: true });
    },
  });
  return h('label', { class: 'capacity-tool' }, input, h('span', { class: 'muted' }, panel.unit));
}

class Capacity {
  constructor(host, panel) {
    this.panel = panel;
    this.facts = h('dl', { class: 'facts capacity-facts' });
    this.plot = h('div', { class: 'plot' });
    this.canvas = h('div', { class: 'plot-canvas', 'aria-hidden': 'true' });
    this.plot.append(this.canvas);
    host.append(this.facts, this.plot);
    this.surface = new TimeSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over the days, Enter lists the requests of the day.`,
      plot: () => this.area(), model: () => this.model, describe: (index) => this.describe(index),
      pick: (index) => this.pick(index), zoom: (from, to) => navigate(absoluteRange(from, Math.min(to, Date.now()))),
    });
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.plot);
  }

  update([answer]) {
    const recorded = Number(answer?.series?.[0]?.values.at(-1));
    const given = Number(this.panel.options.limit ?? NaN);
    this.limit = typedLimit(this.panel) ?? (Number.isFinite(given) ? given : Number.isFinite(recorded) ? recorded : null);
    this.load();
  }

  async load() {
    const measure = this.panel.query?.measures[0] ?? 'rate';
    const body = { measure, where: [current().where, this.panel.query?.where].filter(Boolean).map((part) => `(${part})`).join(' and '), capacity: this.limit ?? undefined, time_zone: zone() };
    const key = JSON.stringify(body);
    if (this.key === key && Date.now() - this.asked < FRESH_MS) return;
    this.key = key;
    this.asked = Date.now();
    try {
      const answer = await sendJSON('POST', '/api/v1/capacity', body);
      if (this.key === key) { this.answer = answer; this.error = null; this.paint(); }
    } catch (error) {
      if (this.key === key) { this.error = error; this.asked = 0; this.paint(); }
    }
  }

  paint() {
    if (this.error) { replace(this.facts, h('div', {}, h('dd', {}, this.error.message))); return; }
    if (!this.answer) return;
    replace(this.facts, this.factList().map(([name, text, note]) => h('div', {}, h('dt', {}, name), h('dd', {}, text, note && h('small', { class: 'muted' }, ` ${note}`)))));
    this.model = modelOf(this.answer);
    if (!this.plot.clientWidth || this.model.times.length === 0 || !canPaint(this)) return;
    this.chart ??= window.echarts.init(this.canvas, null, { renderer: 'canvas', useDirtyRect: true });
    this.chart.resize();
    this.chart.setOption(this.options(this.plot.clientWidth), { notMerge: true, lazyUpdate: false });
  }

  factList() {
    const { peak, peak_time: time, growth_per_week: growth, growth_low: low, growth_high: high, reached = [], notes } = this.answer;
    const { unit } = this.panel;
    const share = (value) => `${value > 0 ? '+' : ''}${format(value, 'ratio')}`;
    return [
      peak !== undefined && ['Highest peak', format(peak, unit), formatInstant(Date.parse(time), zone(), 'm')],
      growth !== undefined && ['Growth a week', share(growth), `${share(low)} to ${share(high)}`],
      ...reached.map((reach) => [`${format(reach.share, 'ratio')} of capacity (${format(reach.value, unit)})`, ...whenReached(reach, peak)]),
      this.limit === null && ['Capacity', 'not set', 'type it above, or put it into the thresholds file'],
      notes.length > 0 && ['Note', notes.join(' ')],
    ].filter(Boolean);
  }

  options(width) {
    const palette = colors();
    const { model, panel } = this;
    const options = timeOptions({ ...model, series: model.series.slice(0, 1) }, { ...panel, thresholds: undefined, options: { draw: 'line' } }, {
      colors: palette, zone: zone(), width, shown: () => true, colorOf: () => palette.series[0],
    });
    const at = model.times.map((time) => time + DAY_MS / 2);
    const line = (values, more) => ({ type: 'line', silent: true, animation: false, showSymbol: false, data: values.map((value, index) => [at[index], value]), ...more });
    const [, trend, low, high] = model.series.map((series) => series.values);
    const band = { lineStyle: { opacity: 0 }, stack: 'band', stackStrategy: 'all' };
    options.series.push(
      line(low, band),
      line(low.map((value, index) => (value === null ? null : high[index] - value)), { ...band, areaStyle: { color: palette.series[0], opacity: 0.13 } }),
      line(trend, { lineStyle: { color: palette.series[0], type: [5, 4], width: 1.4 } }),
    );
    if (this.limit !== null) options.series.push({ type: 'line', data: [], markLine: limitLines(this.limit, palette, panel.unit) });
    const top = Math.max(...[...model.series[0].values, ...high].filter((value) => value !== null), 0);
    options.yAxis.max = this.limit !== null && this.limit < top * 4 ? Math.max(this.limit * 1.05, top) : null;
    return options;
  }

  area() {
    const { left, right, top, bottom } = gridOf(colors());
    return { left, top, width: this.plot.clientWidth - left - right, height: this.plot.clientHeight - top - bottom };
  }

  describe(index) {
    const [peak, trend, low, high] = this.model.series.map((series) => series.values[index]);
    const { unit } = this.panel;
    return {
      heading: formatInstant(this.model.times[index], zone(), 'd'),
      rows: [
        peak !== null && { name: 'peak', color: colors().series[0], text: format(peak, unit) },
        trend !== null && { name: 'expected', color: colors().series[0], text: format(trend, unit) },
        trend !== null && { name: '90 % band', text: `${format(low, unit)} to ${format(high, unit)}` },
      ].filter(Boolean),
      note: index >= this.model.openIndex ? 'To come' : '',
    };
  }

  pick(index) {
    if (index < this.model.openIndex) navigate(requestsBehind({ from: this.model.times[index], to: this.model.ends[index] }));
  }

  isEmpty() { return Boolean(this.answer) && !this.answer.peak; }

  table() {
    const { model, panel } = this;
    const { unit } = panel;
    return {
      columns: [{ label: 'Day' }, ...['Peak', 'Expected', 'Low', 'High'].map((label) => ({ label, number: true }))],
      rows: (model?.times ?? []).map((time, index) => [{ text: formatInstant(time, zone(), 'd') }, ...model.series.map((series) => ({ text: format(series.values[index], unit) }))]),
    };
  }

  exportOptions(width) {
    return { options: this.options(width), subtitle: this.factList().map(([name, text]) => `${name} ${text}`).join('   ') };
  }

  destroy() {
    this.observer.disconnect();
    this.surface.destroy();
    this.chart?.dispose();
  }
}

// The days of the past, then those of the trend that are still to come.
function modelOf({ days, trend = [] }) {
  const times = [...new Set([...days.map((day) => day.time), ...trend.map((point) => point.time)])].sort((a, b) => a - b);
  const peaks = new Map(days.map((day) => [day.time, day.peak]));
  const points = new Map(trend.map((point) => [point.time, point]));
  const last = days.at(-1)?.time ?? -Infinity;
  const open = times.findIndex((time) => time > last);
  const values = (of) => times.map((time) => of(time) ?? null);
  const series = [(time) => peaks.get(time), (time) => points.get(time)?.value, (time) => points.get(time)?.low, (time) => points.get(time)?.high];
  return {
    times, ends: times.map((time, index) => times[index + 1] ?? time + DAY_MS), from: times[0], to: (times.at(-1) ?? 0) + DAY_MS, openIndex: open < 0 ? times.length : open,
    series: series.map((of, index) => ({ name: ['peak', 'expected', 'low', 'high'][index], values: values(of) })),
  };
}

function whenReached({ value, expected, earliest, latest }, peak) {
  if (peak >= value) return ['reached already', ''];
  const day = (text) => formatInstant(Date.parse(text), zone(), 'd');
  if (!expected && !earliest) return ['not in sight', 'as far ahead as there is past'];
  const bounds = `${earliest ? day(earliest) : 'later'} at the earliest, ${latest ? `${day(latest)} at the latest` : 'perhaps never'}`;
  return [expected ? `in ${format((Date.parse(expected) - Date.now()) / 1000, 's')}` : 'not expected', bounds];
}

function limitLines(limit, palette, unit) {
  const line = (value, color, name) => ({ yAxis: value, lineStyle: { color, type: [6, 4], width: 1.2 }, label: { formatter: `${name} ${format(value, unit)}`, position: 'insideStartTop', color, fontSize: 11 } });
  return { silent: true, symbol: 'none', animation: false, precision: 12, data: [line(limit * 0.8, palette.warning, '80 %'), line(limit, palette.critical, 'capacity')] };
}
