// One measure against another: a point a bucket of time or a group. Where a cloud bends upwards, more load costs time.

import { requestsBehind } from '../actions.js';
import { groupClause, valueName } from '../answer.js';
import { nameOf } from '../batch-plan.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format, formatAxis } from '../format.js';
import { colorOf } from '../palette.js';
import { bucketQuery, wholeQuery } from '../queries.js';
import { navigate, zone } from '../router.js';
import { colors } from '../theme.js';
import { formatInstant, formatSpan } from '../zone.js';
import { bucketTimes } from './bucket-times.js';
import { canvasColor } from './canvas-color.js';
import { Painted } from './painted.js';
import { PointSurface } from './point-surface.js';

/** Points of a chart over time: as many as are told apart. */
const TIME_PIXELS = 700;

export const scatterKind = {
  queries: (panel, wish) => [panel.query.every ? bucketQuery(panel.query, wish, TIME_PIXELS) : wholeQuery(panel.query, wish)],
  create: (host, panel) => new Scatter(host, panel),
};

class Scatter {
  constructor(host, panel) {
    this.panel = panel;
    this.plot = h('div', { class: 'plot' });
    this.caption = h('div', { class: 'panel-caption' });
    host.append(this.plot, this.caption);
    this.painted = new Painted(this.plot, () => this.options());
    this.surface = new PointSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over the points, Enter lists their requests.`,
      points: () => this.places(), describe: (index) => this.describe(index), pick: (index) => navigate(this.behind(this.points[index])),
    });
  }

  update([answer]) {
    const { query, options } = this.panel;
    const names = query.measures.map(nameOf);
    const first = query.every || query.by?.length ? 1 : 0;
    const place = (name, otherwise) => first + Math.max(0, names.indexOf(name) < 0 ? otherwise : names.indexOf(name));
    const [x, y] = [place(options.x, 0), place(options.y, 1)];
    this.names = [names[x - first], names[y - first]];
    const points = query.every ? this.bucketPoints(answer, x, y) : this.groupPoints(answer, x, y);
    this.points = points.filter((point) => point.x !== null && point.y !== null).sort((a, b) => a.x - b.x);
    this.paint();
  }

  // A running bucket holds only the requests that were quick: its point would lie too low.
  bucketPoints(answer, x, y) {
    const { times, ends, openIndex } = bucketTimes(answer);
    return answer.rows.slice(0, openIndex).map((row, index) => ({
      x: row[x], y: row[y], from: times[index], to: ends[index], clause: '', name: formatSpan(times[index], ends[index], zone()), age: index / Math.max(1, openIndex - 1),
    }));
  }

  groupPoints(answer, x, y) {
    const [field] = this.panel.query.by ?? [];
    const named = answer.rows.map((row) => row[0]).filter((value) => value !== null && value !== '_other');
    return answer.rows.map((row) => ({
      x: row[x], y: row[y], clause: field ? groupClause(field, row[0], named) : '', field, value: row[0], name: valueName(row[0], this.panel.options.labels),
    }));
  }

  isEmpty() { return this.points.length === 0; }

  paint() {
    if (!this.points) return;
    this.painted.paint();
    replace(this.caption, `Across: ${this.names[0]}. Up: ${this.names[1]}. ${this.panel.query.every ? 'A point is a stretch of time, later ones darker.' : `A point is a ${this.panel.query.by[0]}.`}`);
  }

  options() {
    if (!this.points || this.isEmpty()) return null;
    const { panel } = this;
    const palette = colors();
    const most = Math.max(...this.points.map((point) => point.x));
    const axis = (unit) => ({
      type: 'value', min: 0, splitNumber: 4, splitLine: { lineStyle: { color: palette.faint } }, axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.muted, fontSize: 11 * palette.scale, hideOverlap: true, formatter: (value) => formatAxis(value, unit) },
    });
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: palette.font }, grid: { left: 56 * palette.scale, right: 20, top: 14, bottom: 28 * palette.scale },
      xAxis: axis(panel.options.x_unit ?? '1'), yAxis: axis(panel.unit),
      series: [{
        type: 'scatter', silent: true, animation: false, symbolSize: panel.query.every ? 7 : 11,
        data: this.points.map((point) => ({
          value: [point.x, point.y], itemStyle: { color: this.color(point, palette), opacity: 0.85 },
          label: { show: !panel.query.every && this.points.length <= 14, formatter: point.name, position: point.x > most * 0.75 ? 'left' : 'right', color: palette.muted, fontSize: 10 * palette.scale },
        })),
        labelLayout: { hideOverlap: true }, markLine: this.thresholdLines(palette),
      }],
    };
  }

  color(point, palette) {
    if (point.field) return canvasColor(colorOf(point.field, point.value));
    return palette.heat[Math.min(5, 2 + Math.floor((point.age ?? 1) * 4))];
  }

  thresholdLines(palette) {
    const { thresholds = {}, unit } = this.panel;
    return {
      silent: true, symbol: 'none', animation: false, precision: 12,
      data: ['warning', 'critical'].filter((level) => thresholds[level] !== undefined).map((level) => ({
        yAxis: thresholds[level], lineStyle: { color: palette[level], type: [6, 4], width: 1 },
        label: { formatter: `${formatAxis(thresholds[level], unit)} ${level}`, color: palette[level], position: 'insideStartTop', fontSize: 10 * palette.scale },
      })),
    };
  }

  places() {
    if (!this.painted.chart || !this.points) return [];
    return this.points.map((point) => {
      const [x, y] = this.painted.chart.convertToPixel({ gridIndex: 0 }, [point.x, point.y]);
      return { x, y };
    });
  }

  describe(index) {
    const point = this.points[index];
    const { unit, options } = this.panel;
    return { heading: point.name, rows: [{ name: this.names[0], text: format(point.x, options.x_unit ?? '1') }, { name: this.names[1], text: format(point.y, unit) }] };
  }

  /** The state that shows the requests of a point. */
  behind({ from, to, clause }) {
    const { query, drill } = this.panel;
    return requestsBehind({ from, to, clause: [query.where, clause, drill?.where].filter(Boolean).reduce(both, ''), sort: drill?.sort });
  }

  table() {
    const { unit, options, query } = this.panel;
    return {
      columns: [{ label: query.every ? 'Time' : query.by[0] }, { label: this.names[0], number: true }, { label: this.names[1], number: true }],
      rows: this.points.map((point) => [
        { text: point.from === undefined ? point.name : formatInstant(point.from, zone()), link: this.behind(point) },
        { text: format(point.x, options.x_unit ?? '1') }, { text: format(point.y, unit) },
      ]),
    };
  }

  exportOptions() {
    return { options: this.options(), subtitle: `${this.names[0]} across, ${this.names[1]} up` };
  }

  destroy() {
    this.surface.destroy();
    this.painted.destroy();
  }
}
