// The whole distribution of a field as one curve: the value that each percentile of the requests stays below, now and before.

import { requestsBehind } from '../actions.js';
import { comparisonName, isComparable } from '../comparison.js';
import { h, replace } from '../dom.js';
import { fieldNamed } from '../fields.js';
import { both } from '../filter-text.js';
import { format, formatAxis, formatChange } from '../format.js';
import { comparedQuery, wholeQuery } from '../queries.js';
import { navigate } from '../router.js';
import { colors } from '../theme.js';
import { choiceButtons, chosenOf, unitOf } from './field-choice.js';
import { markedAxis, Painted } from './painted.js';
import { PointSurface } from './point-surface.js';
import { MARKED_RANKS, rankPosition, RANKS } from './rank-scale.js';
import { gridOf } from './time-options.js';

const TICK_PIXELS = 44;

function fieldOf(panel) {
  return chosenOf(panel, panel.options.fields).field;
}

function asked(panel) {
  return { ...panel.query, measures: RANKS.map((rank) => `p${rank}(${fieldOf(panel)})`) };
}

export const quantilesKind = {
  queries: (panel, wish) => [wholeQuery(asked(panel), wish), comparedQuery(asked(panel), wish)],
  create: (host, panel) => new Quantiles(host, panel),
  tools: (panel) => choiceButtons(panel, panel.options.fields, 'Of'),
};

class Quantiles {
  constructor(host, panel) {
    this.panel = panel;
    this.plot = h('div', { class: 'plot' });
    this.caption = h('div', { class: 'panel-caption' });
    host.append(this.plot, this.caption);
    this.painted = new Painted(this.plot, (width) => this.options(width));
    this.surface = new PointSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over the percentiles, Enter lists the requests from there on.`, across: true,
      points: () => this.points(), describe: (index) => this.describe(index), pick: (index) => navigate(this.behind(index)),
    });
  }

  update([now, before]) {
    this.field = fieldOf(this.panel);
    this.unit = unitOf(this.panel, fieldNamed(this.field));
    this.values = now.rows[0];
    this.before = isComparable(before) && before.rows[0].some((value) => value !== null) ? before.rows[0] : null;
    this.paint();
  }

  isEmpty() { return this.values.every((value) => value === null); }

  paint() {
    if (!this.values) return;
    this.painted.paint();
    replace(this.caption, this.before ? `Solid: this range. Dotted: ${comparisonName()}.` : 'There is no time before to compare with.');
  }

  options(width) {
    if (!this.values || this.isEmpty()) return null;
    const palette = colors();
    const grid = gridOf(palette);
    const marks = MARKED_RANKS.slice(0, Math.max(3, Math.floor((width - grid.left - grid.right) / TICK_PIXELS / palette.scale)))
      .map((rank) => ({ at: rankPosition(rank), text: `p${rank}` })).sort((a, b) => a.at - b.at);
    const line = (values, style, more) => ({
      type: 'line', silent: true, animation: false, showSymbol: false, data: RANKS.map((rank, index) => [rankPosition(rank), positive(values[index])]), lineStyle: style, ...more,
    });
    const isDuration = this.panel.unit === this.unit;
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: palette.font }, grid,
      xAxis: { ...markedAxis(marks, palette, { min: 0, max: rankPosition(99.9), position: 'bottom', lines: true }) },
      yAxis: {
        type: 'log', axisLabel: { color: palette.muted, fontSize: 11 * palette.scale, formatter: (value) => formatAxis(value, this.unit) },
        splitLine: { lineStyle: { color: palette.faint } },
      },
      series: [
        ...(this.before ? [line(this.before, { color: palette.muted, width: 1.4, type: [2, 3] })] : []),
        line(this.values, { color: palette.series[0], width: 2 }, isDuration ? { markLine: this.thresholdLines(palette) } : {}),
      ],
    };
  }

  thresholdLines(palette) {
    const { thresholds = {} } = this.panel;
    const levels = ['warning', 'critical'].filter((level) => thresholds[level] !== undefined);
    return {
      silent: true, symbol: 'none', animation: false, precision: 12,
      data: levels.map((level) => ({
        yAxis: thresholds[level], lineStyle: { color: palette[level], type: [6, 4], width: 1 },
        label: { formatter: `${formatAxis(thresholds[level], this.unit)} ${level}`, color: palette[level], position: 'insideStartTop', fontSize: 10 * palette.scale },
      })),
    };
  }

  points() {
    if (!this.painted.chart || !this.values) return [];
    return RANKS.map((rank, index) => {
      const [x, y] = this.painted.chart.convertToPixel({ gridIndex: 0 }, [rankPosition(rank), positive(this.values[index]) ?? 1]);
      return { x, y };
    });
  }

  describe(index) {
    const palette = colors();
    const rows = [{ name: 'this range', text: format(this.values[index], this.unit), color: palette.series[0] }];
    if (this.before) {
      rows.push({ name: comparisonName(), text: format(this.before[index], this.unit), color: palette.muted });
      rows.push({ name: 'change', text: formatChange(this.values[index], this.before[index]) });
    }
    return { heading: `p${RANKS[index]}: ${format(RANKS[index] / 100, 'ratio')} of requests stay below`, rows };
  }

  /** The state that shows the requests from a percentile on, the largest first. */
  behind(index) {
    const value = this.values[index];
    const clauses = [this.panel.query?.where, value === null ? '' : `${this.field} >= ${Number(value.toPrecision(6))}`, this.panel.drill?.where].filter(Boolean);
    return requestsBehind({ clause: clauses.reduce(both, ''), sort: this.panel.drill?.sort ?? `-${this.field}` });
  }

  table() {
    return {
      columns: [{ label: 'Percentile' }, { label: 'This range', number: true }, ...(this.before ? [{ label: comparisonName(), number: true }, { label: 'Change', number: true }] : [])],
      rows: RANKS.map((rank, index) => [
        { text: `p${rank}`, link: this.behind(index) }, { text: format(this.values[index], this.unit) },
        ...(this.before ? [{ text: format(this.before[index], this.unit) }, { text: formatChange(this.values[index], this.before[index]) }] : []),
      ]),
    };
  }

  exportOptions(width) {
    const palette = colors();
    return {
      options: this.options(width), subtitle: chosenOf(this.panel, this.panel.options.fields).label,
      legend: [{ name: 'this range', color: palette.series[0] }, ...(this.before ? [{ name: comparisonName(), color: palette.muted }] : [])],
    };
  }

  destroy() {
    this.surface.destroy();
    this.painted.destroy();
  }
}

// A logarithm knows no 0: such a point is left out of the curve, not of the table.
function positive(value) {
  return value > 0 ? value : null;
}
