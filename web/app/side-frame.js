// The frame of what stands beside the page: head, width by dragging or keys, whole width and back; on a phone a sheet from the
// bottom edge that a swipe closes. What is inside belongs to others.

import { h, isCoarse, replace } from './dom.js';
import { icon } from './icons.js';

const WIDTH_KEY = 'gatewatch.side';
const WIDTH_DEFAULT = '480px';
/** Narrower, tables of fields would break every word. */
const WIDTH_MIN = 340;
/** A downward swipe of at least this many pixels on the sheet's head closes it. */
const SWIPE_PIXELS = 70;
const KEY_PIXELS = 24;

export class SideFrame {
  /** @param {{id: string, title: string, label: string, tools?: Node[], onclose: () => void}} of  `label` names the panel in the words for its parts */
  constructor({ id, title, label, tools = [], onclose }) {
    this.close = onclose;
    this.title = h('h2', { id: `${id}-title` }, title);
    this.place = h('span', { class: 'muted side-place' });
    this.expand = h('button', { type: 'button', class: 'icon-button side-expand', onclick: () => this.setWhole(!this.element.classList.contains('whole')) });
    this.head = h('header', { class: 'side-head' }, h('div', { class: 'side-grip', 'aria-hidden': 'true' }), this.title, this.place, tools, this.expand,
      h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', title: 'Close  Esc', onclick: () => onclose() }, icon('close')));
    this.body = h('div', { class: 'side-body', tabindex: '-1' });
    this.resizer = h('div', {
      class: 'side-resizer', role: 'separator', 'aria-orientation': 'vertical', 'aria-label': `Width of the ${label}`, tabindex: '0', 'aria-valuemin': String(WIDTH_MIN), 'aria-valuenow': '480',
    });
    this.element = h('aside', { class: 'side', id, 'aria-labelledby': `${id}-title`, hidden: true, tabindex: '-1' }, this.resizer, this.head, this.body);
    this.element.style.setProperty('--side-width', localStorage.getItem(WIDTH_KEY) ?? WIDTH_DEFAULT);
    this.setWhole(false);
    this.listenToWidth();
    this.listenToSwipe();
    this.element.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented) { event.stopPropagation(); onclose(); } });
  }

  /** Opens or closes; the focus comes in, and goes back to where it was. */
  setOpen(open) {
    const wasHidden = this.element.hidden;
    const steady = wasHidden === open ? keepInPlace() : () => {};
    this.element.hidden = !open;
    if (open && wasHidden) {
      this.returnTo = document.activeElement;
      this.element.focus({ preventScroll: true });
    } else if (!open && !wasHidden) {
      this.setWhole(false);
      if (this.returnTo?.isConnected) this.returnTo.focus({ preventScroll: true });
    }
    document.body.classList.toggle('with-side', Boolean(document.querySelector('.side:not([hidden])')));
    steady();
  }

  /** Covers the page, or stands beside it again. */
  setWhole(on) {
    this.element.classList.toggle('whole', on);
    replace(this.expand, icon(on ? 'right' : 'full'));
    this.expand.setAttribute('aria-label', on ? 'Beside the page' : 'Over the whole page');
    this.expand.title = on ? 'Beside the page' : 'Over the whole page';
  }

  listenToWidth() {
    const setWidth = (pixels) => {
      const width = `${Math.round(Math.min(innerWidth * 0.9, Math.max(WIDTH_MIN, pixels)))}px`;
      this.resizer.setAttribute('aria-valuenow', String(parseInt(width, 10)));
      this.element.style.setProperty('--side-width', width);
      try { localStorage.setItem(WIDTH_KEY, width); } catch { /* remembering is a convenience */ }
    };
    this.resizer.addEventListener('pointerdown', (event) => {
      this.resizer.setPointerCapture(event.pointerId);
      const move = (other) => setWidth(innerWidth - other.clientX);
      this.resizer.addEventListener('pointermove', move);
      this.resizer.addEventListener('pointerup', () => this.resizer.removeEventListener('pointermove', move), { once: true });
    });
    this.resizer.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: KEY_PIXELS, ArrowRight: -KEY_PIXELS }[event.key];
      if (step) { event.preventDefault(); setWidth(this.element.offsetWidth + step); }
    });
  }

  listenToSwipe() {
    let start = null;
    const drag = (y) => { this.element.style.transform = isCoarse() && y > start ? `translateY(${y - start}px)` : ''; };
    this.head.addEventListener('touchstart', (event) => { start = event.touches[0].clientY; }, { passive: true });
    this.head.addEventListener('touchmove', (event) => { if (start !== null) drag(event.touches[0].clientY); }, { passive: true });
    this.head.addEventListener('touchend', (event) => {
      const far = start !== null && event.changedTouches[0].clientY - start > SWIPE_PIXELS;
      start = null;
      this.element.style.transform = '';
      if (far) this.close();
    }, { passive: true });
  }
}

// Beside less room the panels above grow higher: the one that is being looked at stays where it is.
function keepInPlace() {
  const panel = document.activeElement?.closest?.('.panel') ?? document.elementFromPoint(innerWidth / 3, innerHeight / 2)?.closest('.panel');
  if (!panel || scrollY === 0) return () => {};
  const before = panel.getBoundingClientRect().top;
  return () => requestAnimationFrame(() => { if (panel.isConnected) scrollBy(0, panel.getBoundingClientRect().top - before); });
}
