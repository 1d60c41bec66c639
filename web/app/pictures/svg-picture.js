// Pictures as text of SVG, from parts with a place: boxes, words, drawings, and pictures in pictures. Pure.

/** Decimals of a place: a hundredth of a unit is not seen. */
const DECIMALS = 2;

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML 1.0 has no way to write. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escaped(text) {
  return String(text).replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

function attributes(pairs) {
  const text = (value) => (typeof value === 'number' ? String(Number(value.toFixed(DECIMALS))) : escaped(value));
  return Object.entries(pairs).filter(([, value]) => value !== undefined && value !== null && value !== '').map(([name, value]) => ` ${name}="${text(value)}"`).join('');
}

const KINDS = {
  rect: ({ x, y, width, height, radius, fill, stroke, strokeWidth, opacity }) => `<rect${attributes({
    x, y, width, height, rx: radius || undefined, fill: fill ?? 'none', stroke, 'stroke-width': strokeWidth, opacity: opacity === 1 ? undefined : opacity,
  })}/>`,
  text: ({ x, y, text, size, weight, family, fill, anchor, opacity }) => `<text${attributes({
    x, y, 'font-family': family, 'font-size': size, 'font-weight': weight, fill, 'text-anchor': anchor, opacity: opacity === 1 ? undefined : opacity,
  })} xml:space="preserve">${escaped(text)}</text>`,
  drawing: ({ x, y, width, height, viewBox, ratio, shapes, opacity }) => `<svg${attributes({ x, y, width, height, viewBox, preserveAspectRatio: ratio, opacity: opacity === 1 ? undefined : opacity })}>${
    shapes.map(({ name, ...rest }) => `<${name}${attributes(rest.attributes)}/>`).join('')}</svg>`,
  picture: ({ x, y, svg }) => `<g transform="translate(${Number(x.toFixed(DECIMALS))} ${Number(y.toFixed(DECIMALS))})">${svg}</g>`,
};

/**
 * The text of a picture.
 * @param {{width: number, height: number, background: string, parts: object[]}} picture  sizes in units; parts in the order they are painted, each with `kind`:
 *   `rect` (x, y, width, height, radius, fill, stroke, strokeWidth, opacity), `text` (x, y of the base line, text, size, weight, family, fill, anchor, opacity),
 *   `drawing` (x, y, width, height, viewBox, ratio, shapes: [{name, attributes}], opacity) and `picture` (x, y, svg: the text of one)
 */
export function svgPicture({ width, height, background, parts }) {
  const ground = KINDS.rect({ x: 0, y: 0, width, height, fill: background });
  return `<svg xmlns="http://www.w3.org/2000/svg"${attributes({ width, height, viewBox: `0 0 ${width} ${height}` })}>${ground}${parts.map((part) => KINDS[part.kind](part)).join('')}</svg>`;
}

/**
 * Where pictures of `heights` lie, two beside each other where `columns` is 2: `{places: [{x, y}], height}`. A row is as high as the higher of its pictures.
 * @param {number[]} heights  @param {{width: number, columns: number, gap: number, top: number}} layout
 */
export function inRows(heights, { width, columns, gap, top }) {
  const places = [];
  let y = top;
  for (let first = 0; first < heights.length; first += columns) {
    const row = heights.slice(first, first + columns);
    for (const index of row.keys()) places.push({ x: gap + index * (width + gap), y });
    y += Math.max(...row) + gap;
  }
  return { places, height: y };
}
