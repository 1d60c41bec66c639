// What a chart whose points are not times does under a pointer, a finger and the keyboard: the nearest point is told and, on a
// click or Enter, leads to its requests. The counterpart of surface.js, which knows times.

import { h } from '../dom.js';
import { hideTooltip, showTooltip } from './tooltip.js';

/** Farther than this from every point, a pointer means none of them. */
const REACH_PIXELS = 36;

/**
 * @typedef {object} PointSource
 * @property {() => {x: number, y: number}[]} points  where points lie in the host, px, in the order of the arrow keys
 * @property {boolean} [across]  whether only the distance along x counts: for bars and curves
 * @property {(index: number) => object} describe  tooltip content
 * @property {(index: number, place: {x: number, y: number}) => void} pick
 * @property {string} label  what the chart is, for screen readers
 */

export class PointSurface {
  /** @param {HTMLElement} host  @param {PointSource} source */
  constructor(host, source) {
    this.source = source;
    this.cursor = -1;
    this.mark = h('div', { class: 'point-mark', hidden: true });
    this.layer = h('div', { class: 'surface', tabindex: '0', role: 'group', 'aria-roledescription': 'chart', 'aria-label': source.label }, this.mark);
    this.voice = h('div', { class: 'visually-hidden', 'aria-live': 'polite' });
    host.append(this.layer, this.voice);
    const on = (name, act) => this.layer.addEventListener(name, act.bind(this));
    on('pointermove', (event) => this.show(this.near(event), event));
    on('pointerleave', this.leave);
    on('blur', this.leave);
    on('click', this.click);
    on('keydown', this.key);
  }

  /** The point that the pointer means, -1 for none. */
  near(event) {
    const box = this.layer.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let least = this.source.across ? Infinity : REACH_PIXELS;
    for (const [index, point] of this.source.points().entries()) {
      const distance = this.source.across ? Math.abs(point.x - x) : Math.hypot(point.x - x, point.y - y);
      if (distance < least) { least = distance; best = index; }
    }
    return best;
  }

  show(index, at) {
    this.cursor = index;
    if (index < 0) { this.leave(); return; }
    const point = this.source.points()[index];
    const box = this.layer.getBoundingClientRect();
    this.mark.hidden = false;
    this.mark.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px)`;
    showTooltip(this.source.describe(index), at?.clientX ?? box.left + point.x, at?.clientY ?? box.top + point.y);
  }

  leave() {
    this.cursor = -1;
    this.mark.hidden = true;
    hideTooltip();
  }

  click(event) {
    const index = this.near(event);
    this.leave();
    if (index >= 0) this.source.pick(index, { x: event.clientX, y: event.clientY });
  }

  key(event) {
    const points = this.source.points();
    if (points.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = points.length - 1;
    const next = { ArrowLeft: this.cursor - 1, ArrowRight: this.cursor + 1, Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      const index = Math.min(last, Math.max(0, next));
      this.show(index, null);
      const { heading, rows } = this.source.describe(index);
      this.voice.textContent = `${heading}: ${rows.map((row) => `${row.name} ${row.text}`).join(', ')}`;
    } else if (event.key === 'Enter' && this.cursor >= 0) {
      event.preventDefault();
      const box = this.layer.getBoundingClientRect();
      const index = this.cursor;
      this.leave();
      this.source.pick(index, { x: box.left + points[index].x, y: box.top + points[index].y });
    } else if (event.key === 'Escape' && this.cursor >= 0) {
      event.stopPropagation();
      this.leave();
    }
  }

  destroy() {
    if (this.cursor >= 0) this.leave();
  }
}
