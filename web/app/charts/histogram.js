// How often each size of a field occurs over the whole range: bars on a logarithmic axis, with the percentiles people ask for
// first. A click on a bar leads to exactly its requests.

import { requestsBehind } from '../actions.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { fieldNamed } from '../fields.js';
import { format, formatAxis } from '../format.js';
import { comparisonName, isComparable } from '../comparison.js';
import { comparedQuery, wholeQuery } from '../queries.js';
import { navigate } from '../router.js';
import { colors } from '../theme.js';
import { choiceButtons, chosenOf, unitOf } from './field-choice.js';
import { markedAxis, Painted } from './painted.js';
import { PointSurface } from './point-surface.js';
import { boundsOf, histogramMeasure, occupiedSlots, slotClause, slotMarks, slotName, slotPosition } from './slots.js';
import { gridOf } from './time-options.js';

const BAR_PIXELS_MIN = 6;
const TICK_PIXELS = 58;
const PERCENTILES = ['p50', 'p95', 'p99'];

function fieldOf(panel) {
  return chosenOf(panel, panel.options.fields).field;
}

function asked(panel) {
  const field = fieldOf(panel);
  return { ...panel.query, measures: [histogramMeasure(field, panel.options.bounds), ...PERCENTILES.map((name) => `${name}(${field})`)] };
}

export const histogramKind = {
  queries: (panel, wish) => [wholeQuery(asked(panel), wish), ...(panel.compare ? [comparedQuery({ ...asked(panel), measures: asked(panel).measures.slice(0, 1) }, wish)] : [])],
  create: (host, panel) => new Histogram(host, panel),
  tools: (panel) => choiceButtons(panel, panel.options.fields, 'Of'),
};

class Histogram {
  constructor(host, panel) {
    this.panel = panel;
    this.plot = h('div', { class: 'plot' });
    this.caption = h('div', { class: 'panel-caption' });
    host.append(this.plot, this.caption);
    this.painted = new Painted(this.plot, (width) => this.options(width));
    this.surface = new PointSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over the steps of size, Enter lists their requests.`, across: true,
      points: () => this.points(), describe: (index) => this.describe(index), pick: (index) => { if (this.counts[index]) navigate(this.behind(index)); },
    });
  }

  update([answer, before]) {
    this.field = fieldOf(this.panel);
    this.unit = unitOf(this.panel, fieldNamed(this.field));
    const [counts, ...percentiles] = answer.rows[0];
    const rows = [counts, ...(isComparable(before) ? [before.rows[0][0]] : [])];
    const fit = occupiedSlots(boundsOf(answer, 0), rows, Math.floor((this.plot.clientWidth || 480) / BAR_PIXELS_MIN));
    this.slots = fit.slots;
    [this.counts, this.before] = fit.rows;
    this.percentiles = percentiles;
    this.total = this.counts.reduce((sum, count) => sum + count, 0);
    this.beforeTotal = this.before?.reduce((sum, count) => sum + count, 0) ?? 0;
    this.paint();
  }

  isEmpty() { return !this.total; }

  paint() {
    if (!this.counts) return;
    this.painted.paint();
    replace(this.caption, PERCENTILES.map((name, index) => `${name} ${format(this.percentiles[index], this.unit)}`).join(' \u00b7 '),
      ` \u00b7 ${format(this.total, '1')} values`, this.beforeTotal > 0 && ` \u00b7 outline: ${comparisonName()}, scaled to as many values`);
  }

  /** The time before on the scale of now: what differs is then the shape, not the traffic. */
  ghost() {
    return this.beforeTotal ? this.before.map((count) => count * (this.total / this.beforeTotal)) : null;
  }

  options(width) {
    if (!this.counts || this.isEmpty()) return null;
    const palette = colors();
    const grid = gridOf(palette);
    const marks = slotMarks(this.slots, Math.floor((width - grid.left - grid.right) / (TICK_PIXELS * palette.scale)));
    const ghost = this.ghost();
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: palette.font }, grid: { ...grid, top: 26 },
      xAxis: markedAxis(marks.map(({ at, value }) => ({ at, text: formatAxis(value, this.unit) })), palette, { min: 0, max: this.slots.length, position: 'bottom' }),
      yAxis: {
        type: 'value', splitNumber: 4, axisLabel: { color: palette.muted, fontSize: 11 * palette.scale, formatter: (value) => formatAxis(value, '1') },
        splitLine: { lineStyle: { color: palette.faint } },
      },
      series: [
        {
          type: 'custom', silent: true, animation: false, encode: { x: 0, y: 1 }, data: this.counts.map((count, slot) => [slot, count]).filter(([, count]) => count > 0),
          renderItem: (_, api) => barShape(api, this.barColor(api.value(0), palette)), markLine: this.percentileLines(palette),
        },
        ...(ghost ? [{
          type: 'line', step: 'end', silent: true, animation: false, showSymbol: false, lineStyle: { color: palette.muted, width: 1.2, type: [2, 3] },
          data: [...ghost.map((count, slot) => [slot, count]), [this.slots.length, 0]],
        }] : []),
      ],
    };
  }

  /** Bars wholly beyond a threshold of the field that the panel's unit is of take its colour. */
  barColor(slot, palette) {
    const { thresholds = {} } = this.panel;
    const { low } = this.slots[slot];
    if (this.panel.unit !== this.unit || thresholds.below || low === null) return palette.series[0];
    const beyond = (limit) => limit !== undefined && low >= limit;
    return beyond(thresholds.critical) ? palette.critical : beyond(thresholds.warning) ? palette.warning : palette.series[0];
  }

  percentileLines(palette) {
    const lines = PERCENTILES.map((name, index) => ({ name, value: this.percentiles[index] })).filter(({ value }) => value !== null).map(({ name, value }) => ({
      xAxis: slotPosition(this.slots, value), lineStyle: { color: palette.text, type: [3, 3], width: 1, opacity: 0.7 },
      label: { formatter: name, color: palette.muted, position: 'end', fontSize: 10 * palette.scale, distance: 3 },
    }));
    return { silent: true, symbol: 'none', animation: false, precision: 12, data: lines };
  }

  points() {
    if (!this.slots) return [];
    const { left, right, bottom } = gridOf(colors());
    const each = (this.plot.clientWidth - left - right) / Math.max(1, this.slots.length);
    const height = this.plot.clientHeight - bottom - 26;
    const most = Math.max(...this.counts, 1);
    return this.slots.map((_, slot) => ({ x: left + (slot + 0.5) * each, y: 26 + height * (1 - this.counts[slot] / most) }));
  }

  describe(index) {
    const count = this.counts[index];
    const upTo = this.counts.slice(0, index + 1).reduce((sum, next) => sum + next, 0);
    const rows = [{ name: 'requests', text: format(count, '1'), detail: format(count / this.total, 'ratio'), color: this.barColor(index, colors()) },
      { name: 'up to here', text: format(upTo, '1'), detail: format(upTo / this.total, 'ratio') }];
    if (this.beforeTotal) rows.push({ name: comparisonName(), text: format(this.before[index], '1'), detail: format(this.before[index] / this.beforeTotal, 'ratio') });
    return { heading: slotName(this.slots[index], this.unit), rows };
  }

  /** The state that shows the requests of a bar. */
  behind(index) {
    const clauses = [this.panel.query?.where, slotClause(this.field, this.slots[index]), this.panel.drill?.where].filter(Boolean);
    return requestsBehind({ clause: clauses.reduce(both, ''), sort: this.panel.drill?.sort ?? `-${this.field}` });
  }

  table() {
    return {
      columns: [{ label: 'Size' }, { label: 'Requests', number: true }, { label: 'Share', number: true }, ...(this.beforeTotal ? [{ label: comparisonName(), number: true }] : [])],
      rows: this.slots.map((slot, index) => [
        { text: slotName(slot, this.unit), link: this.counts[index] ? this.behind(index) : null }, { text: format(this.counts[index], '1') },
        { text: format(this.counts[index] / this.total, 'ratio') }, ...(this.beforeTotal ? [{ text: format(this.before[index], '1') }] : []),
      ]),
    };
  }

  exportOptions(width) {
    return { options: this.options(width), subtitle: chosenOf(this.panel, this.panel.options.fields).label };
  }

  destroy() {
    this.surface.destroy();
    this.painted.destroy();
  }
}

function barShape(api, fill) {
  const [left, top] = api.coord([api.value(0), api.value(1)]);
  const [right, bottom] = api.coord([api.value(0) + 1, 0]);
  const gap = right - left > 5 ? 1.5 : 0.5;
  // A bar of one request among thousands is still seen.
  const height = Math.max(1.5, bottom - top);
  return { type: 'rect', style: { fill }, shape: { x: left + gap / 2, y: bottom - height, width: Math.max(0.8, right - left - gap), height } };
}
