// A chart over time: lines, areas or bars, with legend, threshold lines and the previous period as a ghost.

import { requestsBehind, follow } from '../actions.js';
import { bucketsOf, levelOf } from '../answer.js';
import { explainOf } from '../changes/measures.js';
import { comparisonName, drawsComparison, isComparable } from '../comparison.js';
import { h } from '../dom.js';
import { both } from '../filter-text.js';
import { format } from '../format.js';
import { colorOf } from '../palette.js';
import { openMenu } from '../popover.js';
import { bucketQuery, comparedBucketQuery } from '../queries.js';
import { current, hrefOf, navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { colors } from '../theme.js';
import { formatInstant, formatSpan } from '../zone.js';
import { AlertRibbon } from './alert-ribbon.js';
import { Exemplars } from './exemplars.js';
import { canvasColor } from './canvas-color.js';
import { ghostsOf } from './ghosts.js';
import { instantItems } from './instant-menu.js';
import { drawLegend, isShown } from './legend.js';
import { canPaint } from './library.js';
import { TimeSurface } from './surface.js';
import { gridOf, timeOptions } from './time-options.js';

/** From this width on the legend stands beside the plot as a table. */
const WIDE_PIXELS = 620;

export const timeKind = {
  queries: (panel, wish, pixels) => [
    bucketQuery(panel.query, wish, plotPixels(pixels)), ...(drawsComparison(panel) ? [comparedBucketQuery(panel.query, wish, plotPixels(pixels))] : []),
  ],
  create: (host, panel) => new TimeChart(host, panel),
};

/** The pixels that the plot has of a panel's. */
export function plotPixels(pixels) {
  return pixels >= WIDE_PIXELS ? pixels * 0.68 : pixels;
}

/** A chart over time; series-time.js draws other data with it. */
export class TimeChart {
  constructor(host, panel) {
    this.host = host;
    this.panel = panel;
    this.model = null;
    this.ghosts = [];
    this.plot = h('div', { class: 'plot' });
    this.canvas = h('div', { class: 'plot-canvas', 'aria-hidden': 'true' });
    this.legend = h('div', { class: 'legend' });
    this.plot.append(this.canvas);
    host.classList.add('time-chart');
    host.append(this.plot, this.legend);
    this.surface = new TimeSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over time, Enter lists the requests.`,
      plot: () => this.area(),
      // Nothing to point at before the chart is painted.
      model: () => (this.chart ? this.model : null), describe: (index, fraction) => this.describe(index, fraction),
      pick: (index, fraction, place) => this.pick(index, fraction, place),
      zoom: (from, to) => navigate(absoluteRange(from, to)), explain: () => explainOf(panel.query), hasMenu: true,
    });
    this.ribbon = new AlertRibbon(this.plot, { plot: () => this.area(), model: () => this.model, explain: () => explainOf(panel.query) });
    this.exemplars = new Exemplars(this.plot, panel, {
      plot: () => this.area(), model: () => this.model, height: (value) => this.chart.convertToPixel({ yAxisIndex: 0 }, value),
    });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plot);
  }

  update(answers) {
    this.model = bucketsOf(answers[0], this.panel);
    this.ghosts = isComparable(answers[1]) ? bucketsOf(answers[1], this.panel).series : [];
    this.paint();
  }

  isEmpty() {
    return !this.model.series.some((series) => series.values.some((value) => value !== null && value !== 0))
      && !(this.model.series.some((series) => series.values.some((value) => value !== null)) && this.panel.unit === 'ratio');
  }

  paint() {
    if (!this.model) return;
    const wide = this.host.clientWidth >= WIDE_PIXELS && this.model.series.length > 1 && !current().bare.includes(this.panel.id);
    this.host.classList.toggle('wide', wide);
    drawLegend(this.legend, this.panel, this.model, (series, index) => this.color(series, index), wide);
    if (!this.plot.clientWidth || !canPaint(this)) return;
    this.chart ??= window.echarts.init(this.canvas, null, { renderer: 'canvas', useDirtyRect: true });
    this.chart.setOption(this.options(this.plot.clientWidth), { notMerge: true, lazyUpdate: false });
    this.ribbon.update();
    this.surface.drawMark();
    this.exemplars.update();
  }

  options(width) {
    return timeOptions(this.model, this.panel, {
      colors: colors(), zone: zone(), width, ghosts: ghostsOf(this.visible(), this.ghosts, this.panel.options.stacked, colors().muted), shown: (series) => isShown(this.panel, series), colorOf: (series, index) => this.color(series, index),
    });
  }

  color(series, index) {
    const palette = colors();
    if (this.panel.options.ramp) return palette.ramp[index % palette.ramp.length];
    if (series.field) return canvasColor(colorOf(series.field, series.value));
    return palette.series[index];
  }

  resize() {
    if (!this.chart || !this.plot.clientWidth) { this.paint(); return; }
    if (this.chart.getWidth() === this.plot.clientWidth && this.chart.getHeight() === this.plot.clientHeight) return;
    this.chart.resize();
    this.paint();
  }

  destroy() {
    this.observer.disconnect();
    this.surface.destroy();
    this.ribbon.destroy();
    this.chart?.dispose();
  }

  visible() {
    return this.model.series.map((series, index) => ({
      series,
      color: this.color(series, index),
    })).filter(({ series }) => isShown(this.panel, series));
  }

  /** Where the plot lies in its host, in pixels. */
  area() {
    const { left, right, top, bottom } = gridOf(colors());
    return { left, top, width: this.plot.clientWidth - left - right, height: this.plot.clientHeight - top - bottom };
  }

  /** The series at a height of the plot: the band of a stack, or the nearest line if it is near. */
  seriesAt(index, fraction) {
    const list = this.visible();
    if (!this.chart || fraction < 0 || fraction > 1) return null;
    const { left, top, height } = this.area();
    const pixel = top + fraction * height;
    const [, value] = this.chart.convertFromPixel({ gridIndex: 0 }, [left + 1, pixel]);
    if (this.panel.options.stacked) {
      let sum = 0;
      for (const item of list) {
        sum += item.series.values[index] ?? 0;
        if (value <= sum) return value >= 0 ? item : null;
      }
      return null;
    }
    const distance = ({ series }) => Math.abs(this.chart.convertToPixel({ yAxisIndex: 0 }, series.values[index]) - pixel);
    const near = list.filter(({ series }) => series.values[index] !== null).sort((a, b) => distance(a) - distance(b))[0];
    return near && distance(near) < 24 ? near : null;
  }

  describe(index, fraction) {
    const { model, panel } = this;
    const near = this.seriesAt(index, fraction);
    const list = this.visible();
    // What adds up has shares, stacked or not; percentiles and ratios do not.
    const addsUp = panel.options.stacked || list.every(({ series }) => series.field && /^(count|sum\()/.test(series.measure ?? ''));
    const total = addsUp ? list.reduce((sum, { series }) => sum + (series.values[index] ?? 0), 0) : 0;
    const rows = list.filter(({ series }) => series.values[index] !== null && (series.values[index] !== 0 || list.length < 8)).map(({ series, color }) => ({
      name: series.name, color, value: series.values[index], text: format(series.values[index], panel.unit), near: near?.series === series && list.length > 1,
      detail: total > 0 && list.length > 1 ? format(series.values[index] / total, 'ratio') : '',
    }));
    rows.sort((a, b) => b.value - a.value);
    if (total > 0 && list.length > 1) rows.push({ name: 'total', text: format(total, panel.unit) });
    for (const ghost of ghostsOf(list, this.ghosts, panel.options.stacked, colors().muted)) {
      rows.push({ name: [ghost.name, comparisonName()].filter(Boolean).join(', '), color: ghost.color, text: format(ghost.values[index] ?? null, panel.unit), faint: true });
    }
    return { heading: formatSpan(model.times[index], model.ends[index], zone()), rows, note: [index >= model.openIndex ? 'Still filling' : '', this.ribbon.during(model.times[index], model.ends[index])].filter(Boolean).join('. ') };
  }

  pick(index, fraction, { x, y, menu }) {
    const near = this.seriesAt(index, fraction);
    if (!menu) { navigate(this.behind(index, near?.series)); return; }
    const entries = this.visible().filter(({ series }) => series.values[index]).sort((a, b) => b.series.values[index] - a.series.values[index]);
    const item = (label, series, more) => { const patch = this.behind(index, series); return {
      label,
      href: hrefOf(patch),
      onclick: follow(patch),
      ...more
    }; };
    openMenu({ x, y }, [
      item('All requests of this time', null, { icon: 'list' }), '-',
      ...entries.slice(0, 12).map(({ series, color }) => item(series.name, series,
        { swatch: color, detail: format(series.values[index], this.panel.unit) },
      )), '-',
      { label: 'Zoom to this time', icon: 'search', onclick: () => navigate(absoluteRange(this.model.times[index], this.model.ends[index])) },
      ...instantItems(this.model.times[index], this.model.ends[index], explainOf(this.panel.query)),
    ], { heading: formatSpan(this.model.times[index], this.model.ends[index], zone()) });
  }

  /** The state that shows the requests of a bucket, of one series or of all that the panel counts. */
  behind(index, series) {
    const { panel, model } = this;
    const value = series?.values[index];
    const clauses = [panel.query.where, series ? series.clause : '', panel.drill?.where];
    if (series && panel.drill?.at_or_above && value !== null) clauses.push(`${fieldOf(series.measure)} >= ${Number(value.toPrecision(6))}`);
    return requestsBehind({
      from: model.times[index],
      to: model.ends[index],
      clause: clauses.filter(Boolean).reduce(both, ''),
      sort: panel.drill?.sort,
    });
  }

  table() {
    const { model, panel } = this;
    const list = this.visible();
    return {
      columns: [{ label: 'Time' }, ...list.map(({ series, color }) => ({ label: series.name, number: true, swatch: color }))],
      rows: model.times.map((time, index) => [
        { text: formatInstant(time, zone()), link: this.behind(index, null) },
        ...list.map(({ series }) => ({
          text: format(series.values[index], panel.unit),
          level: levelOf(series.values[index], panel.thresholds),
          link: series.values[index] ? this.behind(index, series) : null,
        })),
      ]).reverse(),
    };
  }

  exportOptions(width) {
    const list = this.visible();
    return { options: this.options(width), legend: list.map(({ series, color }) => ({ name: series.name, color })) };
  }
}

/** The field that a measure such as `p95(duration)` measures. */
function fieldOf(measure) {
  return /\((\w+)/.exec(measure)[1];
}
