// What a chart over time does under a pointer, a finger and the keyboard: a crosshair on all charts at once, a tooltip,
// drag and pinch to zoom, a double click back, Alt-drag to mark a span, Shift-click to hold still, click to the requests behind.
// Laid over the painted chart; knows times and buckets, nothing of series.
// (A library's own linking of charts works by the number of a point; ours works by time, so charts with different bucket
// widths and sparklines show the same instant.)

import { serverNow } from '../clock.js';
import { h, isCoarse } from '../dom.js';
import { openMenu } from '../popover.js';
import { rangeBack } from '../range-history.js';
import { isMarking, markedSpan, markSpan, onSpan } from '../spans.js';
import { zone } from '../router.js';
import { formatSpan } from '../zone.js';
import { CrosshairValues } from './crosshair-values.js';
import { instantItems } from './instant-menu.js';
import { pinchedRange } from './pinch.js';
import { hideTooltip, showTooltip } from './tooltip.js';

const surfaces = new Set();
let hovered = 0;
/** The surface whose crosshair and tooltip are held by a Shift-click, or null. */
let held = null;
const hoverListeners = new Set();
const resumeListeners = new Set();

/** Whether a mouse rests on some chart, or one is held: live refresh waits then, so that nothing moves under the pointer. */
export function isHoveringChart() {
  return hovered > 0 || held !== null;
}

/** Calls `listener` when a double click asks for the present again. */
export function onResume(listener) {
  resumeListeners.add(listener);
}

/** Lets a held crosshair go; false where none was held. */
export function letGo() {
  if (!held) return false;
  const surface = held;
  held = null;
  surface.leave();
  for (const listener of hoverListeners) listener();
  return true;
}

function hold(surface) {
  held = surface;
  for (const listener of hoverListeners) listener();
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
/** A click waits this long for a second one: the first must not lead away what a double click is meant for. */
const DOUBLE_MS = 240;

/**
 * @typedef {object} SurfaceSource
 * @property {() => {left: number, top: number, width: number, height: number}} plot  where the plot lies in the host, px
 * @property {() => import('../answer.js').Buckets | null} model
 * @property {(index: number, fraction: number) => object} describe  tooltip content at a bucket; `fraction` is the height in the plot, 0 at the top
 * @property {(index: number, fraction: number, place: {x: number, y: number, menu: boolean}) => void} pick  a click or Enter at a bucket
 * @property {(from: number, to: number) => void} zoom
 * @property {() => ({measure: string, where?: string} | null)} [explain]  what a marked span is explained by, null where requests do not explain it
 * @property {boolean} [hasMenu]  whether `pick` opens a menu of its own when `menu` is set
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
    this.values = new CrosshairValues();
    this.selection = h('div', { class: 'selection', hidden: true });
    this.mark = h('div', { class: 'marked-span', hidden: true });
    this.fingers = new Map();
    this.layer = h('div',
      { class: 'surface', tabindex: '0', role: 'group', 'aria-roledescription': 'chart', 'aria-label': source.label },
      this.mark,
      this.line,
      this.values.element,
      this.selection,
    );
    this.voice = h('div', { class: 'visually-hidden', 'aria-live': 'polite' });
    host.append(this.layer, this.voice);
    this.listen();
    this.stopSpan = onSpan(() => this.drawMark());
    this.resized = new ResizeObserver(() => this.drawMark());
    this.resized.observe(this.layer);
    surfaces.add(this);
  }

  destroy() {
    surfaces.delete(this);
    this.stopSpan();
    this.resized.disconnect();
    clearTimeout(this.single);
    if (held === this) letGo();
    if (this.inside) this.leave();
  }

  /** Draws the marked span where it lies in the chart; charts call it after each painting. */
  drawMark() {
    const span = markedSpan();
    const model = this.source.model();
    const start = model?.times[0];
    const end = model?.ends[model.ends.length - 1];
    this.mark.hidden = !span || start === undefined || span.to <= start || span.from >= end;
    if (this.mark.hidden) return;
    const plot = this.source.plot();
    const x = (time) => plot.left + Math.max(0, Math.min(1, (time - start) / (end - start))) * plot.width;
    Object.assign(this.mark.style, { left: `${x(span.from)}px`, width: `${Math.max(2, x(span.to) - x(span.from))}px`, top: `${plot.top}px`, height: `${plot.height}px` });
  }

  listen() {
    const on = (name, act) => this.layer.addEventListener(name, act.bind(this));
    on('pointerenter', (event) => { if (event.pointerType === 'mouse' && !this.inside) { this.inside = true; setHovered(1); } });
    on('pointerleave', () => { if (!this.drag) this.leave(); });
    on('pointermove', this.move);
    on('pointerdown', this.press);
    on('pointerup', this.release);
    on('click', this.click);
    on('pointercancel', () => { this.fingers.clear(); this.pinched = null; this.endDrag(); this.leave(); });
    on('contextmenu', this.context);
    on('keydown', this.key);
    on('blur', () => { this.anchor = -1; if (!this.inside) this.leave(); });
  }

  leave() {
    if (this.inside) { this.inside = false; setHovered(-1); }
    if (held) return;
    this.cursor = -1;
    this.anchor = -1;
    this.selection.hidden = true;
    hideTooltip();
    for (const surface of surfaces) { surface.line.hidden = true; surface.values.hide(); }
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
    if (this.fingers.has(event.pointerId)) this.fingers.get(event.pointerId).x = this.position(event).x;
    if (this.fingers.size === 2) { this.pinch(event); return; }
    const { x, fraction, plot } = this.position(event);
    const time = this.timeAt(x, plot);
    if (time === null || (held && !this.drag)) return;
    if (this.drag) { this.stretch(time, x); if (this.drag.moved) return; }
    if (event.pointerType === 'touch') return;
    this.cursor = this.bucketAt(time);
    this.showAt(this.cursor, fraction, event.clientX, event.clientY);
  }

  showAt(index, fraction, clientX, clientY, note = '') {
    const model = this.source.model();
    const time = (model.times[index] + model.ends[index]) / 2;
    for (const surface of surfaces) surface.showLine(time, surface === this);
    const content = this.source.describe(index, fraction);
    showTooltip({ ...content, note: [content.note, note].filter(Boolean).join('. ') }, clientX, clientY);
  }

  showLine(time, hasTooltip) {
    const model = this.source.model();
    const start = model?.times[0];
    const end = model?.ends[model.ends.length - 1];
    if (start === undefined || time < start || time > end) { this.line.hidden = true; this.values.hide(); return; }
    const plot = this.source.plot();
    this.line.hidden = false;
    const x = plot.left + ((time - start) / (end - start)) * plot.width;
    this.line.style.transform = `translateX(${Math.round(x)}px)`;
    if (hasTooltip) this.values.hide(); else this.values.show(this.source.describe(this.bucketAt(time), -1).rows, x, plot);
    this.line.style.top = `${plot.top}px`;
    this.line.style.height = `${plot.height}px`;
  }

  press(event) {
    if (event.button !== 0) return;
    const { x, plot } = this.position(event);
    const time = this.timeAt(x, plot);
    if (time === null) return;
    if (event.pointerType === 'touch') this.fingers.set(event.pointerId, { time, x });
    if (this.fingers.size > 1) { this.endDrag(); return; }
    this.drag = { time, x, moved: false, at: time, marks: event.altKey || isMarking() };
    if (event.pointerType !== 'touch') this.layer.setPointerCapture(event.pointerId);
  }

  stretch(time, x) {
    const { drag } = this;
    if (Math.abs(x - drag.x) >= DRAG_PIXELS_MIN) drag.moved = true;
    if (!drag.moved) return;
    hideTooltip();
    drag.at = time;
    this.select(drag.x, x, drag.marks);
  }

  /** Shows what is being chosen between two places of the plot, in pixels from its left edge. */
  select(from, to, marks) {
    const plot = this.source.plot();
    const keep = (pixels) => Math.min(plot.width, Math.max(0, pixels));
    const [a, b] = [keep(from), keep(to)].sort((one, other) => one - other);
    Object.assign(this.selection.style, { left: `${plot.left + a}px`, width: `${b - a}px`, top: `${plot.top}px`, height: `${plot.height}px` });
    this.selection.classList.toggle('marks', Boolean(marks));
    this.selection.hidden = false;
  }

  // The times under two fingers stay under them: the range that this makes is told while they move and taken when they leave.
  pinch(event) {
    const [a, b] = [...this.fingers.values()];
    const plot = this.source.plot();
    this.pinched = pinchedRange([a.time, b.time], [a.x, b.x], plot.width, serverNow());
    if (this.pinched) showTooltip({ heading: formatSpan(this.pinched.from, this.pinched.to, zone()), rows: [] }, event.clientX, event.clientY);
  }

  release(event) {
    const { drag, pinched } = this;
    this.fingers.delete(event.pointerId);
    this.endDrag();
    if (pinched) {
      this.pinched = null;
      this.fingers.clear();
      this.leave();
      this.source.zoom(pinched.from, pinched.to);
      return;
    }
    if (!drag) return;
    this.clicked = drag.moved ? null : { time: drag.time, menu: event.pointerType === 'touch' || isCoarse() };
    if (!drag.moved) return;
    const [from, to] = [drag.time, drag.at].sort((a, b) => a - b);
    letGo();
    this.leave();
    if (drag.marks) markSpan(from, to, this.source.explain?.()); else this.source.zoom(from, to);
  }

  // Acts on the click, not on the release: a menu opened before the click would be closed by it.
  click(event) {
    const { clicked } = this;
    this.clicked = null;
    if (!clicked) return;
    const { fraction } = this.position(event);
    if (event.shiftKey) { this.holdAt(clicked.time, fraction, event); return; }
    if (this.single) {
      clearTimeout(this.single);
      this.single = 0;
      letGo();
      rangeBack();
      for (const listener of resumeListeners) listener();
      return;
    }
    const place = { x: event.clientX, y: event.clientY, menu: clicked.menu };
    this.single = setTimeout(() => { this.single = 0; this.source.pick(this.bucketAt(clicked.time), fraction, place); }, DOUBLE_MS);
  }

  holdAt(time, fraction, event) {
    letGo();
    this.cursor = this.bucketAt(time);
    this.showAt(this.cursor, fraction, event.clientX, event.clientY, 'Held: a double click or Esc goes on');
    hold(this);
  }

  context(event) {
    const { x, plot, fraction } = this.position(event);
    const time = this.timeAt(x, plot);
    if (time === null) return;
    event.preventDefault();
    this.endDrag();
    this.openMenu(this.bucketAt(time), fraction, { x: event.clientX, y: event.clientY });
  }

  /** The menu of an instant: the chart's own, else the requests, the zoom, and what can be done with any instant. */
  openMenu(index, fraction, { x, y }) {
    const { source } = this;
    if (source.hasMenu) { source.pick(index, fraction, { x, y, menu: true }); return; }
    const model = source.model();
    const [from, to] = [model.times[index], model.ends[index]];
    openMenu({ x, y }, [
      { label: 'Show the requests', icon: 'list', onclick: () => source.pick(index, fraction, { x, y, menu: false }) },
      { label: 'Zoom to this time', icon: 'search', onclick: () => source.zoom(from, to) },
      ...instantItems(from, to, source.explain?.()),
    ], { heading: formatSpan(from, to, zone()) });
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
      this.anchor = event.shiftKey ? (this.anchor >= 0 ? this.anchor : from) : -1;
      this.cursor = Math.min(last, Math.max(0, this.cursor < 0 ? last : target));
      this.showAt(this.cursor, 0.5, pixel(this.cursor), box.top + box.height / 2);
      this.selectKeys(last, plot);
      const { heading, rows } = this.source.describe(this.cursor, 0.5);
      this.voice.textContent = `${heading}: ${rows.map((row) => `${row.name} ${row.text}`).join(', ')}`;
    } else if (event.key === 'Enter' && this.cursor >= 0) {
      event.preventDefault();
      const place = { x: pixel(this.cursor), y: box.top + box.height / 2 };
      if (this.anchor >= 0) this.openSpanMenu(place); else this.openMenu(this.cursor, 0.5, place);
    } else if (event.key === 'Escape' && (this.cursor >= 0 || held)) {
      event.stopPropagation();
      letGo();
      this.leave();
    }
  }

  // With Shift the arrow keys choose a span, as they choose text elsewhere.
  selectKeys(last, plot) {
    if (this.anchor < 0) { this.selection.hidden = true; return; }
    const [a, b] = [this.anchor, this.cursor].sort((one, other) => one - other);
    this.select((a / (last + 1)) * plot.width, ((b + 1) / (last + 1)) * plot.width, true);
  }

  openSpanMenu(place) {
    const { source } = this;
    const model = source.model();
    const [a, b] = [this.anchor, this.cursor].sort((one, other) => one - other);
    const [from, to] = [model.times[a], model.ends[b]];
    openMenu(place, [{ label: 'Zoom to this time', icon: 'search', onclick: () => source.zoom(from, to) }, ...instantItems(from, to, source.explain?.())],
      { heading: formatSpan(from, to, zone()) });
  }
}
