// What the browser has laid out, as parts of a picture: backgrounds and borders as boxes, words where they stand, drawings with their colours.
// (A foreignObject would hold the same at once, but few programs draw one, and browsers refuse to hand out a canvas with it.)

/** Of the size of type: how far the base line lies below the middle of a line. */
const BASE_LINE = 0.35;
/** What a drawing takes from the style sheet. */
const PAINT = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'vector-effect'];
const SHAPES = new Set(['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon']);
/** Attributes that say where a shape is. */
const PLACES = ['d', 'x', 'y', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r', 'x1', 'y1', 'x2', 'y2', 'points', 'transform'];

const solid = new Map();

/** `{color, opacity}` of a colour of the style sheet, in a form that every program reads; null for none. */
function paintOf(color) {
  if (!color || color === 'transparent' || color === 'none') return null;
  if (!solid.has(color)) {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    solid.set(color, a === 0 ? null : { color: `rgb(${r}, ${g}, ${b})`, opacity: a / 255 });
  }
  return solid.get(color);
}

/** The parts of everything in `root`, places counted from its left upper corner. */
export function domParts(root) {
  const origin = root.getBoundingClientRect();
  const parts = [];
  walk(root, { parts, origin, opacity: 1, clip: null });
  return parts;
}

function walk(element, frame) {
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0' || element.classList.contains('visually-hidden')) return;
  const box = element.getBoundingClientRect();
  if (isOutside(box, frame.clip)) return;
  const inner = { ...frame, opacity: frame.opacity * Number(style.opacity) };
  if (element instanceof SVGSVGElement) { drawing(element, box, inner); return; }
  boxes(style, box, inner);
  if (style.overflowX !== 'visible' && box.width > 0) inner.clip = { left: Math.max(box.left, frame.clip?.left ?? -Infinity), right: Math.min(box.right, frame.clip?.right ?? Infinity) };
  if (element.matches('input, select')) { control(element, style, box, inner); return; }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) words(child, style, inner);
    else if (child.nodeType === Node.ELEMENT_NODE) walk(child, inner);
  }
}

function isOutside({ left, right, width }, clip) {
  return clip !== null && width > 0 && (left >= clip.right || right <= clip.left);
}

function boxes(style, box, { parts, origin, opacity, clip }) {
  const left = Math.max(box.left, clip?.left ?? -Infinity);
  const place = { x: left - origin.left, y: box.top - origin.top, width: Math.min(box.right, clip?.right ?? Infinity) - left, height: box.height };
  if (place.width <= 0 || place.height <= 0) return;
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) * (style.borderTopLeftRadius.endsWith('%') ? box.width / 100 : 1) || 0, place.width / 2, place.height / 2);
  const ground = paintOf(style.backgroundColor);
  if (ground) parts.push({ kind: 'rect', ...place, radius, fill: ground.color, opacity: opacity * ground.opacity });
  const sides = ['Top', 'Right', 'Bottom', 'Left'].map((name) => ({
    width: style[`border${name}Style`] === 'none' ? 0 : parseFloat(style[`border${name}Width`]), paint: paintOf(style[`border${name}Color`]),
  }));
  if (sides.every(({ width, paint }) => width > 0 && paint && width === sides[0].width && paint.color === sides[0].paint?.color)) {
    const [{ width, paint }] = sides;
    parts.push({ kind: 'rect', x: place.x + width / 2, y: place.y + width / 2, width: place.width - width, height: place.height - width, radius, stroke: paint.color, strokeWidth: width, opacity: opacity * paint.opacity });
    return;
  }
  const lines = [
    (width) => ({ ...place, height: width }), (width) => ({ ...place, x: place.x + place.width - width, width }),
    (width) => ({ ...place, y: place.y + place.height - width, height: width }), (width) => ({ ...place, width }),
  ];
  for (const [index, { width, paint }] of sides.entries()) if (width > 0 && paint) parts.push({ kind: 'rect', ...lines[index](width), fill: paint.color, opacity: opacity * paint.opacity });
}

// A text may be broken into lines: one part for each.
function words(node, style, frame) {
  const from = node.data.search(/\S/);
  if (from < 0) return;
  const to = node.data.trimEnd().length;
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
  if (rects.length === 0) return;
  if (rects.length === 1) { line(node, from, to, rects[0], style, frame); return; }
  let start = from;
  let last = null;
  for (let at = from; at < to; at += 1) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const rect = range.getBoundingClientRect();
    if (rect.width === 0) continue;
    if (last && rect.top > last.top + last.height / 2) { line(node, start, at, last, style, frame); start = at; last = null; }
    if (!last && /\s/.test(node.data[at])) continue;
    last = last ? { left: Math.min(last.left, rect.left), right: rect.right, top: last.top, height: last.height } : rect;
  }
  if (last) line(node, start, to, last, style, frame);
}

function line(node, from, to, rect, style, { parts, origin, opacity, clip }) {
  const paint = paintOf(style.color);
  if (!paint || isOutside(rect, clip)) return;
  const size = parseFloat(style.fontSize);
  let text = node.data.slice(from, to).replace(/\s+/g, ' ').trim();
  if (clip && rect.right > clip.right + 1) text = `${fitting(node, from, to, clip.right - size)}\u2026`;
  if (style.textTransform === 'uppercase') text = text.toUpperCase();
  parts.push({
    kind: 'text', x: rect.left - origin.left, y: rect.top - origin.top + rect.height / 2 + size * BASE_LINE, text, size,
    weight: style.fontWeight === '400' ? undefined : style.fontWeight, family: style.fontFamily, fill: paint.color, opacity: opacity * paint.opacity,
  });
}

/** As much of the text as ends before `right`. */
function fitting(node, from, to, right) {
  const range = document.createRange();
  range.setStart(node, from);
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    range.setEnd(node, middle);
    if (range.getBoundingClientRect().right <= right) low = middle; else high = middle - 1;
  }
  return node.data.slice(from, low).trim();
}

function control(element, style, box, { parts, origin, opacity }) {
  const text = element.matches('select') ? element.selectedOptions[0]?.text : ['checkbox', 'radio', 'range'].includes(element.type) ? '' : element.value;
  const paint = paintOf(style.color);
  const size = parseFloat(style.fontSize);
  if (text && paint) parts.push({ kind: 'text', x: box.left - origin.left + parseFloat(style.paddingLeft) + 1, y: box.top - origin.top + box.height / 2 + size * BASE_LINE, text, size, family: style.fontFamily, fill: paint.color, opacity });
}

function drawing(element, box, { parts, origin, opacity }) {
  if (box.width === 0 || box.height === 0) return;
  const shapes = [...element.querySelectorAll('*')].filter((shape) => SHAPES.has(shape.localName)).map((shape) => {
    const style = getComputedStyle(shape);
    const attributes = Object.fromEntries(PLACES.map((name) => [name, shape.getAttribute(name)]));
    for (const name of PAINT) attributes[name] = painted(name, style.getPropertyValue(name), attributes);
    return { name: shape.localName, attributes };
  });
  parts.push({
    kind: 'drawing', x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height,
    viewBox: element.getAttribute('viewBox') ?? `0 0 ${box.width} ${box.height}`, ratio: element.getAttribute('preserveAspectRatio'), shapes, opacity,
  });
}

/** The value of a property of a shape; colours that let something through say so apart. */
function painted(name, value, attributes) {
  if (name === 'fill' || name === 'stroke') {
    const paint = paintOf(value);
    if (paint && paint.opacity < 1) attributes[`${name}-opacity`] = paint.opacity;
    return paint ? paint.color : 'none';
  }
  if (name.endsWith('-opacity') && attributes[name] !== undefined) return attributes[name];
  return ['none', '1', 'normal'].includes(value) && name !== 'stroke-width' ? undefined : value.replace(/px/g, '');
}
