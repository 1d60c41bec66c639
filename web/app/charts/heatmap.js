// How the values of a field are distributed over time: a column a bucket, a row a step of size on a logarithmic axis, shaded by
// how many requests lie there. A click leads to exactly those.

import { follow, requestsBehind } from '../actions.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format, formatAxis, formatCount } from '../format.js';
import { openMenu } from '../popover.js';
import { bucketQuery } from '../queries.js';
import { hrefOf, navigate, zone } from '../router.js';
import { colors } from '../theme.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant, formatSpan } from '../zone.js';
import { bucketTimes } from './bucket-times.js';
import { markedAxis, Painted } from './painted.js';
import { boundsOf, histogramMeasure, occupiedSlots, shadeStep, shadeSteps, slotClause, slotMarks, slotName, slotPosition } from './slots.js';
import { TimeSurface } from './surface.js';
import { timeTicks } from './ticks.js';
import { gridOf } from './time-options.js';

/** Rows thinner than this cannot be hit with a pointer. */
const ROW_PIXELS_MIN = 7;
/** Columns narrower than this cannot either; the buckets are chosen as for a chart of so much less width. */
const COLUMN_SHARE = 0.6;
const TICK_PIXELS = 58;
/** Cells listed in a menu. */
const MENU_MAX = 14;

export const heatmapKind = {
  queries: (panel, wish, pixels) => [bucketQuery({ ...panel.query, measures: [histogramMeasure(panel.options.field, panel.options.bounds)] }, wish, pixels * COLUMN_SHARE)],
  create: (host, panel) => new Heatmap(host, panel),
};

class Heatmap {
  constructor(host, panel) {
    this.panel = panel;
    this.field = panel.options.field;
    this.model = null;
    this.plot = h('div', { class: 'plot' });
    this.scale = h('div', { class: 'shade-scale' });
    host.append(this.plot, this.scale);
    this.painted = new Painted(this.plot, (width) => this.options(width, this.plot.clientHeight));
    this.surface = new TimeSurface(this.plot, {
      label: `${panel.title}. Arrow keys move over time, Enter lists the steps of size and their requests.`,
      plot: () => this.area(), model: () => this.model,
      describe: (index, fraction) => this.describe(index, fraction),
      pick: (index, fraction, place) => this.pick(index, fraction, place),
      zoom: (from, to) => navigate(absoluteRange(from, to)), hasMenu: true,
      explain: () => ({ measure: `p95(${this.field})`, where: panel.query?.where ?? '' }),
    });
  }

  update([answer]) {
    this.model = bucketTimes(answer);
    const bounds = boundsOf(answer, 1);
    const height = this.plot.clientHeight || this.panel.height || 240;
    const { slots, rows } = occupiedSlots(bounds, answer.rows.map((row) => row[1]), Math.floor((height - 40) / ROW_PIXELS_MIN));
    this.slots = slots;
    this.counts = rows;
    this.totals = rows.map((row) => row.reduce((sum, count) => sum + count, 0));
    this.starts = shadeSteps(Math.max(0, ...rows.flat()), colors().heat.length);
    this.paint();
  }

  isEmpty() { return this.slots.length === 0; }

  paint() {
    if (!this.model) return;
    this.painted.paint();
    this.surface.drawMark();
    const { heat } = colors();
    const ends = this.starts.map((start, index) => (this.starts[index + 1] ?? Infinity) - 1);
    replace(this.scale, h('span', {}, 'Requests'), this.starts.map((start, index) => h('span', { class: 'shade' },
      h('i', { style: { background: heat[index] } }),
      ends[index] === Infinity ? `${formatCount(start)}+` : ends[index] === start ? formatCount(start) : `${formatCount(start)}\u2013${formatCount(ends[index])}`)));
  }

  area() {
    const { left, right, top, bottom } = gridOf(colors());
    return { left, top, width: this.plot.clientWidth - left - right, height: this.plot.clientHeight - top - bottom };
  }

  options(width, height) {
    if (!this.model || this.isEmpty()) return null;
    const { model, slots, panel } = this;
    const palette = colors();
    const grid = gridOf(palette);
    const [min, max] = [model.times[0], model.ends[model.ends.length - 1]];
    const ticks = timeTicks(min, max, Math.floor((width - grid.left - grid.right) / (TICK_PIXELS * palette.scale)), zone());
    const marks = slotMarks(slots, Math.max(2, Math.floor(height / 34)));
    const data = this.counts.flatMap((row, bucket) => row.map((count, slot) => [model.times[bucket], model.ends[bucket], slot, count])).filter((cell) => cell[3] > 0);
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: palette.font }, grid,
      xAxis: markedAxis(ticks.map(({ ms, label }) => ({ at: ms, text: label })), palette, { min, max, position: 'bottom' }),
      yAxis: markedAxis(marks.map(({ at, value }) => ({ at, text: formatAxis(value, panel.unit) })), palette, { min: 0, max: slots.length, position: 'left' }),
      series: [{
        type: 'custom', silent: true, animation: false, data, encode: { x: [0, 1], y: 2 }, clip: true,
        renderItem: (_, api) => cellShape(api, palette, shadeStep(api.value(3), this.starts)), markLine: this.thresholdLines(palette),
      }],
    };
  }

  thresholdLines(palette) {
    const { thresholds = {}, unit } = this.panel;
    const lines = ['warning', 'critical'].filter((level) => thresholds[level] !== undefined).map((level) => ({
      yAxis: slotPosition(this.slots, thresholds[level]), lineStyle: { color: palette[level], type: [6, 4], width: 1.2 },
      label: {
        formatter: `${formatAxis(thresholds[level], unit)} ${level}`, color: palette[level], position: 'insideStartTop', fontSize: 10 * palette.scale, distance: 2,
        backgroundColor: palette.panel, padding: [0, 3],
      },
    })).filter((line) => line.yAxis > 0 && line.yAxis < this.slots.length);
    return { silent: true, symbol: 'none', animation: false, precision: 12, data: lines };
  }

  /** The slot at a height of the plot, 0 at the top; -1 outside. */
  slotAt(fraction) {
    const slot = Math.floor((1 - fraction) * this.slots.length);
    return slot >= 0 && slot < this.slots.length ? slot : -1;
  }

  describe(index, fraction) {
    const { model, panel } = this;
    const slot = this.slotAt(fraction);
    const row = (at, near) => {
      const count = this.counts[index][at];
      return {
        name: slotName(this.slots[at], panel.unit), color: count ? colors().heat[shadeStep(count, this.starts) - 1] : 'transparent', near,
        text: format(count, '1'), detail: this.totals[index] ? format(count / this.totals[index], 'ratio') : '',
      };
    };
    const fullest = this.counts[index].indexOf(Math.max(...this.counts[index]));
    const rows = slot >= 0 ? [row(slot, true)] : [];
    if (this.totals[index] && fullest !== slot) rows.push({ ...row(fullest), name: `most: ${slotName(this.slots[fullest], panel.unit)}` });
    rows.push({ name: 'all', text: format(this.totals[index], '1') });
    return { heading: formatSpan(model.times[index], model.ends[index], zone()), rows, note: index >= model.openIndex ? 'Still filling' : '' };
  }

  pick(index, fraction, { x, y, menu }) {
    const slot = this.slotAt(fraction);
    if (!menu) {
      if (slot >= 0 && this.counts[index][slot] > 0) navigate(this.behind(index, slot));
      return;
    }
    const item = (label, patch, detail, swatch) => ({ label, detail, swatch, href: hrefOf(patch), onclick: follow(patch) });
    const { heat } = colors();
    const filled = this.slots.map((_, at) => at).filter((at) => this.counts[index][at] > 0).reverse();
    const chosen = filled.length <= MENU_MAX ? filled : filled.sort((a, b) => this.counts[index][b] - this.counts[index][a]).slice(0, MENU_MAX).sort((a, b) => b - a);
    openMenu({ x, y }, [
      { ...item('All of this time', this.behind(index, -1), format(this.totals[index], '1')), icon: 'list' }, '-',
      ...chosen.map((at) => item(slotName(this.slots[at], this.panel.unit), this.behind(index, at), format(this.counts[index][at], '1'), heat[shadeStep(this.counts[index][at], this.starts) - 1])),
      '-', { label: 'Zoom to this time', icon: 'search', onclick: () => navigate(absoluteRange(this.model.times[index], this.model.ends[index])) },
    ], { heading: formatSpan(this.model.times[index], this.model.ends[index], zone()) });
  }

  /** The state that shows the requests of a cell, or with slot -1 all that a bucket counts. */
  behind(index, slot) {
    const { panel, model, field } = this;
    const clauses = [panel.query?.where, slot < 0 ? `${field}: *` : slotClause(field, this.slots[slot]), panel.drill?.where].filter(Boolean);
    return requestsBehind({ from: model.times[index], to: model.ends[index], clause: clauses.reduce(both, ''), sort: panel.drill?.sort ?? `-${field}` });
  }

  table() {
    const { model, panel } = this;
    return {
      columns: [{ label: 'Time' }, { label: 'All', number: true }, ...this.slots.map((slot) => ({ label: slotName(slot, panel.unit), number: true }))],
      rows: model.times.map((time, index) => [
        { text: formatInstant(time, zone()), link: this.totals[index] ? this.behind(index, -1) : null }, { text: format(this.totals[index], '1') },
        ...this.counts[index].map((count, slot) => ({ text: count ? format(count, '1') : '', link: count ? this.behind(index, slot) : null })),
      ]).reverse(),
    };
  }

  exportOptions(width) {
    const { heat } = colors();
    return { options: this.options(width, 340), legend: this.starts.map((start, index) => ({ name: `from ${formatCount(start)}`, color: heat[index] })) };
  }

  destroy() {
    this.surface.destroy();
    this.painted.destroy();
  }
}

function cellShape(api, palette, step) {
  const [left, bottom] = api.coord([api.value(0), api.value(2)]);
  const [right, top] = api.coord([api.value(1), api.value(2) + 1]);
  const gap = right - left > 5 ? 1 : 0.4;
  return {
    type: 'rect', style: { fill: palette.heat[step - 1] },
    shape: { x: left, y: top + gap / 2, width: Math.max(0.6, right - left - gap), height: Math.max(0.6, bottom - top - gap) },
  };
}
