// The library's chart on a plot, made when there is room, sized and painted anew with it, and given up at the end: what every
// chart that is painted shares.

import { h } from '../dom.js';
import { canPaint } from './library.js';

export class Painted {
  /** @param {HTMLElement} plot  @param {(width: number) => object | null} options  what to paint for a width, null while there is nothing */
  constructor(plot, options) {
    this.plot = plot;
    this.options = options;
    this.canvas = h('div', { class: 'plot-canvas', 'aria-hidden': 'true' });
    plot.append(this.canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(plot);
  }

  paint() {
    const options = this.plot.clientWidth && this.options(this.plot.clientWidth);
    if (!options || !canPaint(this)) return;
    this.chart ??= window.echarts.init(this.canvas, null, { renderer: 'canvas' });
    this.chart.setOption(options, { notMerge: true, lazyUpdate: false });
  }

  resize() {
    const { chart, plot } = this;
    if (chart && chart.getWidth() === plot.clientWidth && chart.getHeight() === plot.clientHeight) return;
    if (plot.clientWidth) chart?.resize();
    this.paint();
  }

  destroy() {
    this.observer.disconnect();
    this.chart?.dispose();
  }
}

/** An axis without the library's own marks: `marks` are `{at, text}`. */
export function markedAxis(marks, palette, { min, max, lines = false, position }) {
  const byPlace = new Map(marks.map((mark) => [mark.at, mark.text]));
  const customValues = marks.map((mark) => mark.at);
  return {
    type: 'value', min, max, position,
    axisLine: { show: position === 'bottom', lineStyle: { color: palette.line } },
    axisTick: { show: position === 'bottom', customValues, lineStyle: { color: palette.line }, length: 4 },
    axisLabel: {
      customValues, color: palette.muted, fontSize: 11 * palette.scale, hideOverlap: true, margin: 8, showMinLabel: null, showMaxLabel: null,
      formatter: (value) => byPlace.get(value) ?? '',
    },
    splitLine: { show: lines, lineStyle: { color: palette.faint } },
  };
}
