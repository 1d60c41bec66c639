// What the other charts say at the crosshair: their first values in a line beside it, while one chart has the tooltip.

import { h, replace } from '../dom.js';

/** Values told; the tooltip of the chart itself has them all. */
const VALUES_MAX = 3;
/** Characters of a name beside its value. */
const NAME_MAX = 16;
/** Pixels of a plot that leave no room for names. */
const NARROW = 320;

export class CrosshairValues {
  constructor() {
    // The tooltip's words are read out where the focus is; these are for the eye.
    this.element = h('div', { class: 'crosshair-values', 'aria-hidden': 'true', hidden: true });
    this.key = '';
  }

  /** Shows `rows` (of a tooltip) at `x` of the layer, on the side of the crosshair with more room. @param {{left: number, width: number, top: number}} plot */
  show(rows, x, plot) {
    const told = rows.filter(({ faint }) => !faint).slice(0, VALUES_MAX);
    // Where there is no room for names their colours stand for them; one value needs neither.
    const [isAlone, isNarrow] = [told.length === 1, plot.width < NARROW];
    const key = JSON.stringify([isNarrow, told.map(({ name, text, color }) => [name, text, color])]);
    if (key !== this.key) {
      this.key = key;
      replace(this.element, told.map(({ name, text, color }) => h('span', {}, !isAlone && color && h('span', { class: 'swatch', style: { background: color } }), !isAlone && !isNarrow && `${name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}\u2026` : name} `, h('b', {}, text))));
    }
    this.element.hidden = told.length === 0;
    const isLeft = x > plot.left + plot.width / 2;
    this.element.style.transform = `translateX(${Math.round(x)}px) translateX(${isLeft ? 'calc(-100% - 5px)' : '6px'})`;
    this.element.style.top = `${plot.top}px`;
    this.element.style.maxWidth = `${Math.round(Math.max(isLeft ? x - plot.left : plot.left + plot.width - x, 40))}px`;
  }

  hide() {
    this.element.hidden = true;
  }
}
