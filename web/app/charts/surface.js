// What a chart over time does under a pointer, a finger and the keyboard: a crosshair on all charts at once, a tooltip,
// drag to zoom, click to the requests behind. Laid over the painted chart; knows times and buckets, nothing of series.
// (A library's own linking of charts works by the number of a point; ours works by time, so charts with different bucket
// widths and sparklines show the same instant.)

import { h, isCoarse } from '../dom.js';
import { hideTooltip, showTooltip } from './tooltip.js';

const surfaces = new Set();
let hovered = 0;
const hoverListeners = new Set();

/** Whether a mouse rests on some chart: live refresh waits then, so that nothing moves under the pointer. */
export function isHoveringChart() {
  return hovered > 0;
}

/** Calls `listener` when the answer of ``isHoveringChart`` changes. */
export function onHoverChange(listener) {
  hoverListeners.add(listener);
}

function setHovered(change) {
  const before = hovered > 0;
  hovered = Math.max(0, hovered + change);
  if (before !== hovered > 0) for (const listener of hoverListeners) listener();
}

/** A drag shorter than this is a click with an unsteady hand. */
const DRAG_PIXELS_MIN = 6;

/**
 * @typedef {object} SurfaceSource
 * @property {() => {left: number, top: number, width: number, height: number}} plot  where the plot lies in the host, px
 * @property {() => import('../answer.js').Buckets | null} model
 * @property {(index: number, fraction: number) => object} describe  tooltip content at a bucket; `fraction` is the height in the plot, 0 at the top
 * @property {(index: number, fraction: number, place: {x: number, y: number, menu: boolean}) => void} pick  a click or Enter at a bucket
 * @property {(from: number, to: number) => void} zoom
 * @property {string} label  what the chart is, for screen readers
 */

export class TimeSurface {
  /** @param {HTMLElement} host  @param {SurfaceSource} source */
  constructor(host, source) {
    this.host = host;
    this.source = source;
    this.cursor = -1;
    this.drag = null;
    this.line = h('div', { class: 'crosshair', hidden: true });
    this.selection = h('div', { class: 'selection', hidden: true });
    this.layer = h('div',
      { class: 'surface', tabindex: '0', role: 'group', 'aria-roledescription': 'chart', 'aria-label': source.label },
      this.line,
      this.selection,
    );
    this.voice = h('div', { class: 'visually-hidden', 'aria-live': 'polite' });
    host.append(this.layer, this.voice);
    this.listen();
    surfaces.add(this);
  }

  destroy() {
    surfaces.delete(this);
    if (this.inside) this.leave();
  }

  listen() {
    const on = (name, act) => this.layer.addEventListener(name, act.bind(this));
    on('pointerenter', (event) => { if (event.pointerType === 'mouse' && !this.inside) { this.inside = true; setHovered(1); } });
    on('pointerleave', () => { if (!this.drag) this.leave(); });
    on('pointermove', this.move);
    on('pointerdown', this.press);
    on('pointerup', this.release);
    on('click', this.click);
    on('pointercancel', () => { this.endDrag(); this.leave(); });
    on('keydown', this.key);
    on('blur', () => { if (!this.inside) this.leave(); });
  }

  leave() {
    if (this.inside) { this.inside = false; setHovered(-1); }
    this.cursor = -1;
    hideTooltip();
    for (const surface of surfaces) surface.line.hidden = true;
  }

  position(event) {
    const box = this.layer.getBoundingClientRect();
    const plot = this.source.plot();
    return { x: event.clientX - box.left - plot.left, fraction: (event.clientY - box.top - plot.top) / Math.max(1, plot.height), plot };
  }

  /** The time at `x` pixels from the plot's left edge, kept inside. */
  timeAt(x, plot) {
    const model = this.source.model();
    if (!model?.times.length) return null;
    const start = model.times[0];
    const end = model.ends[model.ends.length - 1];
    return Math.min(end, Math.max(start, start + (x / Math.max(1, plot.width)) * (end - start)));
  }

  bucketAt(time) {
    const { times, ends } = this.source.model();
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] > time) high = middle; else low = middle + 1;
    }
    return low;
  }

  move(event) {
    const { x, fraction, plot } = this.position(event);
    const time = this.timeAt(x, plot);
    if (time === null) return;
    if (this.drag) { this.stretch(time, x); if (this.drag.moved) return; }
    if (event.pointerType === 'touch') return;
    this.cursor = this.bucketAt(time);
    this.showAt(this.cursor, fraction, event.clientX, event.clientY);
  }

  showAt(index, fraction, clientX, clientY) {
    const model = this.source.model();
    const time = (model.times[index] + model.ends[index]) / 2;
    for (const surface of surfaces) surface.showLine(time);
    showTooltip(this.source.describe(index, fraction), clientX, clientY);
  }

  showLine(time) {
    const model = this.source.model();
    const start = model?.times[0];
    const end = model?.ends[model.ends.length - 1];
    if (start === undefined || time < start || time > end) { this.line.hidden = true; return; }
    const plot = this.source.plot();
    this.line.hidden = false;
    this.line.style.transform = `translateX(${Math.round(plot.left + ((time - start) / (end - start)) * plot.width)}px)`;
    this.line.style.top = `${plot.top}px`;
    this.line.style.height = `${plot.height}px`;
  }

  press(event) {
    if (event.button !== 0) return;
    const { x, plot } = this.position(event);
    const time = this.timeAt(x, plot);
    if (time === null) return;
    this.drag = { time, x, moved: false, at: time };
    if (event.pointerType !== 'touch') this.layer.setPointerCapture(event.pointerId);
  }

  stretch(time, x) {
    const { drag } = this;
    if (Math.abs(x - drag.x) >= DRAG_PIXELS_MIN) drag.moved = true;
    if (!drag.moved) return;
    hideTooltip();
    drag.at = time;
    const plot = this.source.plot();
    const keep = (pixels) => Math.min(plot.width, Math.max(0, pixels));
    const [a, b] = [keep(drag.x), keep(x)].sort((one, other) => one - other);
    Object.assign(this.selection.style, { left: `${plot.left + a}px`, width: `${b - a}px`, top: `${plot.top}px`, height: `${plot.height}px` });
    this.selection.hidden = false;
  }

  release(event) {
    const { drag } = this;
    this.endDrag();
    if (!drag) return;
    this.clicked = drag.moved ? null : { time: drag.time, menu: event.pointerType === 'touch' || isCoarse() };
    if (!drag.moved) return;
    const [from, to] = [drag.time, drag.at].sort((a, b) => a - b);
    this.leave();
    this.source.zoom(from, to);
  }

  // Acts on the click, not on the release: a menu opened before the click would be closed by it.
  click(event) {
    const { clicked } = this;
    this.clicked = null;
    if (clicked) this.source.pick(this.bucketAt(clicked.time), this.position(event).fraction,
      { x: event.clientX, y: event.clientY, menu: clicked.menu },
    );
  }

  endDrag() {
    this.drag = null;
    this.selection.hidden = true;
  }

  key(event) {
    const model = this.source.model();
    if (!model?.times.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = model.times.length - 1;
    const from = this.cursor < 0 ? last : this.cursor;
    const target = { ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - 10, PageDown: from + 10, Home: 0, End: last }[event.key];
    const plot = this.source.plot();
    const box = this.layer.getBoundingClientRect();
    const pixel = (index) => box.left + plot.left + ((index + 0.5) / (last + 1)) * plot.width;
    if (target !== undefined) {
      event.preventDefault();
      this.cursor = Math.min(last, Math.max(0, this.cursor < 0 ? last : target));
      this.showAt(this.cursor, 0.5, pixel(this.cursor), box.top + box.height / 2);
      const { heading, rows } = this.source.describe(this.cursor, 0.5);
      this.voice.textContent = `${heading}: ${rows.map((row) => `${row.name} ${row.text}`).join(', ')}`;
    } else if (event.key === 'Enter' && this.cursor >= 0) {
      event.preventDefault();
      this.source.pick(this.cursor, 0.5, { x: pixel(this.cursor), y: box.top + box.height / 2, menu: true });
    } else if (event.key === 'Escape' && this.cursor >= 0) {
      event.stopPropagation();
      this.leave();
    }
  }
}
