// Canvases know no color-mix(): the browser resolves it on an element, once per colour.

import { h } from '../dom.js';

const resolved = new Map();

/** `color` as a canvas takes it. */
export function canvasColor(color) {
  if (!color.startsWith('color-mix')) return color;
  if (!resolved.has(color)) {
    const probe = h('span', { style: { color } });
    document.body.append(probe);
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    resolved.set(color, `rgb(${r}, ${g}, ${b})`);
    probe.remove();
  }
  return resolved.get(color);
}
