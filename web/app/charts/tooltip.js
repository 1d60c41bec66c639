// The one tooltip of the page: shows what a chart says at a bucket, near the pointer, never under it and never off the screen.

import { h, replace } from '../dom.js';

let box = null;

function element() {
  if (!box) {
    box = h('div', { class: 'tooltip', role: 'presentation', hidden: true });
    document.body.append(box);
  }
  return box;
}

/**
 * Shows `content` beside the point.
 * @param {{heading: string, rows: {name: string, color?: string, text: string, detail?: string, near?: boolean}[], note?: string}} content
 */
export function showTooltip(content, clientX, clientY) {
  const tip = element();
  replace(tip,
    h('div', { class: 'tooltip-heading' }, content.heading),
    content.rows.length > 0 && h('table', {}, h('tbody', {}, content.rows.map((row) => h('tr', { class: row.near ? 'near' : row.faint ? 'faint' : null },
      h('td', {}, h('span', { class: 'swatch', style: { background: row.color ?? 'transparent' } }), row.name),
      h('td', { class: 'number' }, row.text), h('td', { class: 'detail' }, row.detail ?? ''))))),
    content.note && h('div', { class: 'tooltip-note' }, content.note));
  tip.hidden = false;
  place(tip, clientX, clientY);
}

function place(tip, x, y) {
  const { width, height } = tip.getBoundingClientRect();
  const gap = 14;
  const right = x + gap + width < innerWidth;
  const left = right ? x + gap : Math.max(4, x - gap - width);
  const top = Math.min(Math.max(4, y - height / 2), innerHeight - height - 4);
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

/** Hides the tooltip. */
export function hideTooltip() {
  if (box) box.hidden = true;
}
