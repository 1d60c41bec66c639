// A panel as a picture of its own size, with title, range and legend: charts are painted anew by the library, everything else is laid out anew off the screen
// and drawn as it then stands.

import { chartLibrary } from '../charts/library.js';
import { h } from '../dom.js';
import { current, range, zone } from '../router.js';
import { colors } from '../theme.js';
import { formatSpan } from '../zone.js';
import { domParts } from './dom-parts.js';
import { svgPicture } from './svg-picture.js';

/** Width of a panel's picture, and height of a chart's, in units. */
export const PICTURE = { width: 960, height: 440 };
/** What is no chart is as high as it is, up to this: half as much again as two sheets of paper. */
const HEIGHT_MAX = 2_400;
const HEAD = 64;
const FOOT = 14;

/** Whether a picture of the panel can be made: it has something to show. */
export function hasPicture(panel) {
  return panel.hasData && !panel.view.isEmpty();
}

/** The picture: `{width, height, svg}`. */
export async function panelPicture(panel) {
  const palette = colors();
  const { width } = PICTURE;
  const chart = panel.view.exportOptions?.(width);
  const { height, parts } = chart ? { height: PICTURE.height, parts: [{ kind: 'picture', x: 0, y: 0, svg: await chartSVG(chart.options, palette) }] } : laidOut(panel, palette);
  return { width, height, svg: svgPicture({ width, height, background: palette.panel, parts: [...parts, ...caption(panel.spec, chart ?? {}, palette)] }) };
}

async function chartSVG(options, palette) {
  const { init } = await chartLibrary();
  const box = h('div', { style: { width: `${PICTURE.width}px`, height: `${PICTURE.height}px`, position: 'fixed', left: '-10000px', top: '0' } });
  document.body.append(box);
  const chart = init(box, null, { renderer: 'svg', ...PICTURE });
  try {
    chart.setOption({
      ...options,
      animation: false,
      backgroundColor: palette.panel,
      ...(options.grid && { grid: { ...options.grid, top: HEAD + (options.grid.top ?? 0), bottom: (options.grid.bottom ?? 0) + FOOT } }),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
    box.remove();
  }
}

// A copy without limits of height, in the same frames as on the page, so that the style sheet means it too.
function laidOut(panel, palette) {
  const copy = panel.chartHost.cloneNode(true);
  copy.classList.remove('covered');
  const stage = h('div', { class: `panel panel-${panel.spec.chart}`, inert: true, 'aria-hidden': 'true', style: { position: 'fixed', left: '-10000px', top: '0', width: `${PICTURE.width}px`, border: 'none', background: 'none' } },
    h('div', { class: 'panel-body' }, copy));
  document.body.append(stage);
  try {
    for (const element of [copy, ...copy.querySelectorAll('*')]) {
      if (['auto', 'scroll'].includes(getComputedStyle(element).overflowY)) Object.assign(element.style, { overflow: 'visible', maxHeight: 'none', height: 'auto' });
    }
    const full = HEAD + Math.ceil(stage.scrollHeight) + FOOT;
    const height = Math.min(HEIGHT_MAX, full);
    const room = full > height ? height - FOOT - 20 : height;
    const parts = domParts(stage).map((part) => ({ ...part, y: part.y + HEAD })).filter(({ y }) => y < room);
    if (full > height) parts.push({ kind: 'text', x: 14, y: height - FOOT, text: 'More does not fit; the CSV has all rows.', size: 12, family: palette.font, fill: palette.muted });
    return { height, parts };
  } finally {
    stage.remove();
  }
}

function caption({ title, unit }, { legend = [], subtitle }, palette) {
  const { from, to } = range();
  const { where } = current();
  const line = (text, x, y, size, fill, rest = {}) => ({ kind: 'text', x, y, text, size, fill, family: palette.font, ...rest });
  const facts = [subtitle, `${formatSpan(from, to, zone())} ${zone()}`, where].filter(Boolean).join('   \u00b7   ');
  const parts = [
    line(title + (unit && unit !== '1' ? `  (${unit === 'ratio' ? '%' : unit})` : ''), 14, 26, 16, palette.text, { weight: '600' }),
    line(shortened(facts, 150), 14, 45, 12, palette.muted),
    line('Gatewatch', PICTURE.width - 14, 23, 11, palette.muted, { anchor: 'end' }),
  ];
  let x = 14;
  for (const { name, color } of legend) {
    if (x > PICTURE.width - 120) break;
    const label = shortened(name, 28);
    parts.push({ kind: 'rect', x, y: 56, width: 10, height: 10, radius: 2, fill: color }, line(label, x + 15, 65, 12, palette.text));
    x += 34 + label.length * 6.6;
  }
  return parts;
}

function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}\u2026` : text;
}
