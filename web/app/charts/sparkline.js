// A small line without axes, drawn as SVG, with the time to compare with as a fainter dotted line behind it.

import { svg, replace } from '../dom.js';

/** Units of the drawing; the style sheet stretches it to the space there is. */
const WIDTH = 100;
const HEIGHT = 32;

/** Draws `values` (null for gaps) into the SVG `host`; `openIndex` is the first bucket still filling. */
export function drawSparkline(host, values, { ghost = [], openIndex = values.length, floor = true } = {}) {
  const known = [...values, ...ghost].filter((value) => value !== null && value !== undefined);
  const low = floor ? Math.min(0, ...known) : Math.min(...known);
  const high = Math.max(...known, floor ? Number.MIN_VALUE : -Infinity);
  const span = high - low || 1;
  const x = (index) => ((index + 0.5) / Math.max(1, values.length)) * WIDTH;
  const y = (value) => HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4);
  const closed = values.map((value, index) => (index < openIndex ? value : null));
  const open = values.map((value, index) => (index >= openIndex - 1 ? value : null));
  host.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  host.setAttribute('preserveAspectRatio', 'none');
  replace(host,
    ghost.length > 0 && svg('path', { class: 'spark-ghost', d: path(ghost.slice(0, values.length), x, y) }),
    svg('path', { class: 'spark-area', d: area(closed, x, y) }),
    svg('path', { class: 'spark-line', d: path(closed, x, y) }),
    openIndex < values.length && svg('path', { class: 'spark-open', d: path(open, x, y) }));
}

function runs(values) {
  const list = [];
  let run = [];
  for (const [index, value] of values.entries()) {
    if (value !== null && value !== undefined) run.push([index, value]);
    else if (run.length) { list.push(run); run = []; }
  }
  if (run.length) list.push(run);
  return list;
}

function path(values, x, y) {
  // A single point becomes a short dash, or it would not be seen.
  return runs(values).map((run) => (run.length === 1 ? `M${point(run[0], x, y, -0.4)}L${point(run[0], x, y, 0.4)}` : `M${run.map((item) => point(item, x, y, 0)).join('L')}`)).join('');
}

function area(values, x, y) {
  return runs(values).map((run) => `M${x(run[0][0]).toFixed(2)} ${HEIGHT}L${run.map((item) => point(item, x, y, 0)).join('L')}L${x(run[run.length - 1][0]).toFixed(2)} ${HEIGHT}Z`).join('');
}

function point([index, value], x, y, aside) {
  return `${(x(index) + aside).toFixed(2)} ${y(value).toFixed(2)}`;
}
