// The ECharts options of a chart over time. ECharts only paints: hovering, dragging, clicking and the tooltip are ours
// (surface.js), because they must work alike on every chart, with keys and with fingers.

import { formatAxis } from '../format.js';
import { timeTicks } from './ticks.js';

/** Space around the plot in pixels; the same in every chart, so that times line up from panel to panel. */
export function gridOf({ scale }) {
  return { left: 50 * scale, right: 12, top: 12, bottom: 24 * scale };
}

/** Zones must be seen without changing the colours of what lies in them: the last one fades out from its limit. */
const ZONE_OPACITY = 0.07;
const ZONE_END_OPACITY = 0.012;
/** The part of an open zone in which it fades: beyond, where limits lie far below the figures, the chart is left alone. */
const ZONE_FADE = 0.5;

/** Pixels that a label of the time axis needs. */
const TICK_PIXELS = 58;

/**
 * The options for `model` (of answer.js) as `panel` wants it drawn.
 * @param {{colors: object, zone: string, width: number, shown: (series: object) => boolean, colorOf: (series: object, index: number) => string, ghosts?: {values: number[], color: string}[]}} context
 */
export function timeOptions(model, panel, context) {
  const { colors } = context;
  const visible = model.series.map((series, index) => ({
    series,
    color: context.colorOf(series, index),
  })).filter(({ series }) => context.shown(series));
  const painted = visible.flatMap(({ series, color }, index) => paint(series, color, index, model, panel, context, visible.length));
  painted.unshift(...(context.ghosts ?? []).map((ghost) => ghostSeries(ghost, model)));
  if (painted.length === 0) painted.push({ type: 'line', data: [] });
  painted[painted.length - 1].markLine = thresholdLines(panel, colors);
  painted[painted.length - 1].markArea = areas(model, panel, colors);
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: colors.font },
    grid: gridOf(colors),
    xAxis: timeAxes(model, context, panel.options.draw === 'bars' && visible.length > 0 ? barsWidth(model, context) : 0),
    yAxis: valueAxis(panel, colors),
    series: painted,
  };
}

// Two axes on the same line: the library stacks series only along an axis of times, but cannot put marks where another zone
// has its round hours; so the first carries the series unseen, and the second, of plain numbers, the marks.
function timeAxes(model, { colors, zone, width }, barPixels) {
  const min = model.times[0];
  const max = model.ends[model.ends.length - 1];
  const grid = gridOf(colors);
  const count = Math.floor((width - grid.left - grid.right) / (TICK_PIXELS * colors.scale));
  const ticks = min === undefined ? [] : timeTicks(min, max, count, zone);
  const byTime = new Map(ticks.map((tick) => [tick.ms, tick]));
  const values = ticks.map((tick) => tick.ms);
  // The library widens an axis of times by the width of its bars, which would shift them against the marks: it is given as much less.
  const inset = ((max - min) * barPixels) / Math.max(1, width - grid.left - grid.right) / 2;
  const hidden = { type: 'time', min: min + inset, max: max - inset, show: false, axisLabel: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  return [hidden, {
    type: 'value', min, max, position: 'bottom',
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { customValues: values, lineStyle: { color: colors.line }, length: 4 },
    axisLabel: {
      customValues: values, color: colors.muted, fontSize: 11 * colors.scale, hideOverlap: true, margin: 8, showMinLabel: null, showMaxLabel: null,
      formatter: (ms) => { const tick = byTime.get(ms); return tick ? (tick.strong ? `{day|${tick.label}}` : tick.label) : ''; },
      rich: { day: { color: colors.text, fontSize: 11 * colors.scale, fontWeight: 600 } },
    },
    splitLine: { show: false },
  }];
}

function valueAxis(panel, colors) {
  return {
    type: 'value',
    // A ratio near 100 % would be a flat line on an axis from 0.
    scale: panel.options.axis === 'close',
    min: panel.options.axis === 'close' ? null : 0,
    max: panel.options.axis === 'share' ? 1 : panel.options.axis === 'close' ? (bounds) => (panel.unit === 'ratio' ? 1 : bounds.max) : null,
    splitNumber: 4,
    axisLabel: { color: colors.muted, fontSize: 11 * colors.scale, formatter: (value) => formatAxis(value, panel.unit) },
    splitLine: { lineStyle: { color: colors.faint } },
    axisLine: { show: false }, axisTick: { show: false },
  };
}

const middle = (model, index) => (model.times[index] + model.ends[index]) / 2;

function paint(series, color, index, model, panel, context, seriesCount) {
  const points = series.values.map((value, bucket) => [middle(model, bucket), value]);
  const common = { name: series.name, silent: true, animation: false, z: 2 };
  if (panel.options.draw === 'bars') return [barSeries(common, points, color, model, panel, context, seriesCount)];
  const stroke = { color, width: seriesCount > 6 ? 1.4 : 1.8, join: 'round' };
  if (panel.options.draw === 'area') {
    return [{
      ...common, type: 'line', stack: panel.options.stacked ? 'all' : undefined, data: points.slice(0, areaEnd(model)).map(([x, y]) => [x, y ?? 0]), showSymbol: false, lineStyle: { ...stroke, width: 1 },
      areaStyle: { color, opacity: panel.options.stacked ? 0.72 : 0.14 }, itemStyle: { color },
    }];
  }
  return lineSeries(common, points, stroke, model);
}

// A stack has no gaps, but a last bucket that is not shown yet must not pull it down to 0.
function areaEnd(model) {
  const last = model.times.length - 1;
  return model.series.every((series) => series.values[last] === null) ? last : last + 1;
}

// The running bucket is drawn dashed: its value will still move.
function lineSeries(common, points, stroke, model) {
  const single = { itemStyle: { color: stroke.color } };
  const line = (data, lineStyle) => ({ ...common, ...single, type: 'line', showSymbol: true, data: withDots(data), lineStyle, connectNulls: false });
  const list = [line(points.slice(0, model.openIndex), stroke)];
  const open = points.slice(model.openIndex);
  if (open.some(([, value]) => value !== null)) list.push(line(
    [...points.slice(Math.max(0, model.openIndex - 1), model.openIndex), ...open],
    { ...stroke, type: [4, 3], opacity: 0.75 },
  ));
  return list;
}

// A value between two gaps has no line to be part of: it needs a dot to be seen at all.
function withDots(points) {
  const has = (index) => points[index]?.[1] !== null && points[index] !== undefined;
  return points.map((value, index) => (has(index) && !has(index - 1) && !has(index + 1) ? {
    value,
    symbol: 'circle',
    symbolSize: 5,
  } : { value, symbol: 'none' }));
}

/** Pixels that the bars of one bucket take together. */
function barsWidth(model, { width, colors }) {
  const grid = gridOf(colors);
  const slot = (width - grid.left - grid.right) / Math.max(1, model.times.length);
  return Math.max(1, slot > 4 ? slot * 0.82 : slot);
}

function barSeries(common, points, color, model, panel, context, seriesCount) {
  const each = panel.options.stacked ? 1 : seriesCount;
  return {
    ...common, type: 'bar', stack: panel.options.stacked ? 'all' : undefined, barWidth: barsWidth(model, context) / each, barGap: '0%', itemStyle: { color },
    data: points.map((value, index) => (index >= model.openIndex ? { value, itemStyle: { color, opacity: 0.45 } } : value)),
  };
}

function ghostSeries({ values, color }, model) {
  return {
    type: 'line', name: 'before', silent: true, animation: false, showSymbol: false, z: 1, data: model.times.map((_, index) => [
      middle(model, index),
      values[index] ?? null,
    ]),
    lineStyle: { color, width: 1.2, type: [2, 3], opacity: 0.8 }, itemStyle: { color },
  };
}

function thresholdLines(panel, colors) {
  const { warning, critical } = panel.thresholds ?? {};
  const line = (value, level) => ({
    yAxis: value, lineStyle: { color: colors[level], type: [6, 4], width: 1, opacity: 0.75 },
    label: {
      formatter: `${formatAxis(value, panel.unit)} ${level}`,
      color: colors[level],
      // At opposite ends: thresholds may lie closer than their words are high.
      position: level === 'critical' ? 'insideStartTop' : 'insideEndTop',
      fontSize: 10 * colors.scale,
      distance: 2,
      backgroundColor: colors.panel,
      padding: [0, 3],
      // Otherwise that of the line.
      opacity: 1,
    },
  });
  const data = [...(warning !== undefined ? [line(warning, 'warning')] : []), ...(critical !== undefined ? [line(critical, 'critical')] : [])];
  // The library rounds positions to two decimals unless told: 99.5 % would be drawn at 100 %.
  return { silent: true, symbol: 'none', animation: false, precision: 12, z: 5, data };
}

/** A colour that fades out from the limit of a zone: upwards, or downwards where the zone lies below it. */
function fading(color, below) {
  const stop = (offset, opacity) => ({ offset, color: withOpacity(color, opacity) });
  return { type: 'linear', x: 0, x2: 0, y: below ? 0 : 1, y2: below ? 1 : 0, colorStops: [stop(0, ZONE_OPACITY), stop(ZONE_FADE, ZONE_END_OPACITY), stop(1, ZONE_END_OPACITY)] };
}

function withOpacity(hex, opacity) {
  const digits = hex.replace('#', '');
  const [r, g, b] = [0, 1, 2].map((at) => parseInt(digits.length === 3 ? digits[at] + digits[at] : digits.slice(2 * at, 2 * at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${opacity})`;
}

// Soft zones beyond the thresholds; and over a running bucket of areas, which cannot be dashed, a veil.
function areas(model, panel, colors) {
  const { warning, critical, below } = panel.thresholds ?? {};
  // A zone without a further threshold reaches to the end of the axis, wherever the figures end.
  const open = { coord: below ? [-Infinity, -Infinity] : [Infinity, Infinity] };
  const zone = (level, from, to) => (from === undefined ? [] : [[
    { yAxis: from, itemStyle: to === undefined ? { color: fading(colors[level], below) } : { color: colors[level], opacity: ZONE_OPACITY } }, to === undefined ? open : { yAxis: to },
  ]]);
  const veiled = panel.options.draw === 'area' && model.openIndex < model.times.length ? [[
    { xAxis: model.times[model.openIndex], itemStyle: { color: colors.panel, opacity: 0.55 } }, { xAxis: model.ends[model.ends.length - 1] },
  ]] : [];
  return { silent: true, animation: false, data: [...zone('warning', warning, critical), ...zone('critical', critical), ...veiled] };
}
