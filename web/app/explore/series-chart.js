// Series of an expression as lines over time; a click on a point chooses it.

import { h } from '../dom.js';
import { format } from '../format.js';
import { navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { colors } from '../theme.js';
import { formatInstant } from '../zone.js';
import { AlertRibbon } from '../charts/alert-ribbon.js';
import { drawLegend, isShown } from '../charts/legend.js';
import { canPaint } from '../charts/library.js';
import { TimeSurface } from '../charts/surface.js';
import { gridOf, timeOptions } from '../charts/time-options.js';

/** From this width on the legend stands beside the plot as a table. */
const WIDE_PIXELS = 760;
/** Lines named in the tooltip: those nearest to the pointer. */
const NAMED_MAX = 12;
/** A point is meant by a pointer this near to it. */
const NEAR_PIXELS = 28;

export class SeriesChart {
  /** @param {{pick: (series: object, time: number) => void}} listener */
  constructor({ pick }) {
    this.pickPoint = pick;
    this.panel = { id: 'explore', title: 'Result', unit: '1', query: {}, options: { draw: 'line' } };
    this.model = null;
    this.canvas = h('div', { class: 'plot-canvas', 'aria-hidden': 'true' });
    this.plot = h('div', { class: 'plot' }, this.canvas);
    this.legend = h('div', { class: 'legend' });
    this.element = h('div', { class: 'time-chart explore-chart' }, this.plot, this.legend);
    this.surface = new TimeSurface(this.plot, {
      label: 'The expression over time. Arrow keys move over time, Enter shows the requests behind a point.',
      plot: () => this.area(), model: () => this.model, describe: (index, fraction) => this.describe(index, fraction),
      pick: (index, fraction) => this.pick(index, fraction), zoom: (from, to) => navigate(absoluteRange(from, to)),
    });
    this.ribbon = new AlertRibbon(this.plot, { plot: () => this.area(), model: () => this.model });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plot);
  }

  /** Pixels that the plot has for points. */
  get pixels() { return (this.element.clientWidth || 900) * 0.7; }

  update(model, unit) {
    this.model = model;
    this.panel.unit = unit;
    this.paint();
  }

  paint() {
    if (!this.model) return;
    this.element.classList.toggle('wide', this.element.clientWidth >= WIDE_PIXELS && this.model.series.length > 1);
    drawLegend(this.legend, this.panel, this.model, (series, index) => this.color(index), this.element.classList.contains('wide'));
    if (!this.plot.clientWidth || !canPaint(this)) return;
    this.chart ??= window.echarts.init(this.canvas, null, { renderer: 'canvas', useDirtyRect: true });
    this.chart.setOption(this.options(this.plot.clientWidth), { notMerge: true, lazyUpdate: false });
    this.ribbon.update();
    this.surface.drawMark();
  }

  options(width) {
    const options = timeOptions(this.model, this.panel, {
      colors: colors(), zone: zone(), width, shown: (series) => isShown(this.panel, series), colorOf: (series, index) => this.color(index),
    });
    const values = this.visible().flatMap(({ series }) => series.values.filter((value) => value !== null));
    // Counters of millions would be a flat line on an axis from 0, and negative values would not be seen at all.
    const low = Math.min(...values);
    options.yAxis.min = low >= 0 && low < Math.max(...values) * 0.5 ? 0 : null;
    options.yAxis.scale = options.yAxis.min === null;
    return options;
  }

  color(index) {
    const { series } = colors();
    return series[index % series.length];
  }

  visible() {
    return this.model.series.map((series, index) => ({ series, color: this.color(index) })).filter(({ series }) => isShown(this.panel, series));
  }

  resize() {
    if (!this.chart || !this.plot.clientWidth) { this.paint(); return; }
    if (this.chart.getWidth() === this.plot.clientWidth && this.chart.getHeight() === this.plot.clientHeight) return;
    this.chart.resize();
    this.paint();
  }

  area() {
    const { left, right, top, bottom } = gridOf(colors());
    return { left, top, width: this.plot.clientWidth - left - right, height: this.plot.clientHeight - top - bottom };
  }

  /** The series with a point at `index`, the nearest to the height `fraction` first, with its distance in pixels. */
  byDistance(index, fraction) {
    const { top, height } = this.area();
    const pixel = top + fraction * height;
    return this.visible().filter(({ series }) => series.values[index] !== null).map((item) => ({
      ...item, distance: this.chart ? Math.abs(this.chart.convertToPixel({ yAxisIndex: 0 }, item.series.values[index]) - pixel) : 0,
    })).sort((a, b) => a.distance - b.distance);
  }

  timeOf(index) {
    return (this.model.times[index] + this.model.ends[index]) / 2;
  }

  describe(index, fraction) {
    const near = this.byDistance(index, fraction);
    const rows = near.slice(0, NAMED_MAX).map(({ series, color, distance }, place) => ({
      name: series.name, color, value: series.values[index], text: format(series.values[index], this.panel.unit), near: place === 0 && distance < NEAR_PIXELS && near.length > 1,
    })).sort((a, b) => b.value - a.value);
    return { heading: formatInstant(this.timeOf(index), zone(), 's'), rows, note: [near.length > NAMED_MAX ? `and ${near.length - NAMED_MAX} more` : '', this.ribbon.during(this.model.times[index], this.model.ends[index])].filter(Boolean).join('. ') };
  }

  pick(index, fraction) {
    const [nearest] = this.byDistance(index, fraction);
    if (nearest) this.pickPoint(nearest.series, this.timeOf(index));
  }

  destroy() {
    this.observer.disconnect();
    this.surface.destroy();
    this.ribbon.destroy();
    this.chart?.dispose();
  }
}
