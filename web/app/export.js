// A panel as a picture or a file. Pictures are painted anew off the screen, with title, range and legend, at a size of their own.

import { queryCSV } from './api.js';
import { h } from './dom.js';
import { toast } from './popover.js';
import { current, range, zone } from './router.js';
import { csvOf } from './table-csv.js';
import { colors } from './theme.js';
import { formatSpan } from './zone.js';

/** Size of a panel's picture in units. */
export const PICTURE = { width: 960, height: 440 };
const WIDTH = PICTURE.width;
const HEAD = 64;
/** Of a table in a picture: height of a line, and columns that can be read side by side. */
const TABLE_LINE = 22;
const TABLE_COLUMNS_MAX = 9;
/** Pixels per unit of a PNG: sharp on paper and slides. */
const PNG_SCALE = 2;

/** Hands a blob to the browser as a download. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The name of a file of the panel or page `id` for the page's range. */
export function fileName(id, extension) {
  const { from, to } = range();
  const day = (ms) => new Date(ms).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `gatewatch-${id}-${day(from)}-${day(to)}.${extension}`;
}

/** Downloads a panel's figures as CSV: of its question to the requests where it has one, else of its table. */
export async function exportCSV(panel) {
  try {
    const query = panel.csvQuery();
    download(query && !current().snapshot ? await queryCSV(query) : new Blob([csvOf(panel.view.table())], { type: 'text/csv' }), fileName(panel.spec.id, 'csv'));
  } catch (error) {
    toast(`CSV failed: ${error.message}`);
  }
}

/** What a panel shows, as JSON that explains itself. */
export function panelJSON(panel) {
  const { spec } = panel;
  return { id: spec.id, title: spec.title, question: spec.question, unit: spec.unit, formula: spec.description?.formula, queries: panel.lastQueries ?? [], answers: panel.answers ?? [] };
}

/** Range, zone and filter of the page, for files. */
export function pageFacts() {
  const { from, to } = range();
  return { address: location.href, from: new Date(from).toISOString(), to: new Date(to).toISOString(), time_zone: zone(), where: current().where, exported: new Date().toISOString() };
}

/** Downloads the questions and answers of a panel as JSON. */
export function exportJSON(panel) {
  download(new Blob([JSON.stringify({ ...pageFacts(), ...panelJSON(panel) }, null, 2)], { type: 'application/json' }), fileName(panel.spec.id, 'json'));
}

/** Whether a picture of the panel can be made: it has figures, and they can be drawn or set as a table. */
export function hasPicture(panel) {
  return panel.hasData && !panel.view.isEmpty() && Boolean(panel.view.exportOptions || panel.view.table);
}

/** Downloads the panel as `png` or `svg`. */
export function exportPicture(panel, type) {
  try {
    download(withPicture(panel, type, (chart, palette) => blobOf(chart.getDataURL({ type, pixelRatio: PNG_SCALE, backgroundColor: palette.panel }))), fileName(panel.spec.id, type));
  } catch (error) {
    toast(`The picture failed: ${error.message}`);
  }
}

/** The panel painted on a canvas of its own, `WIDTH` by `HEIGHT` units. */
export function pictureCanvas(panel, scale) {
  return withPicture(panel, 'png', (chart, palette) => chart.renderToCanvas({ pixelRatio: scale, backgroundColor: palette.panel }));
}

// Painted off the screen with title, range and legend; `use` takes what it needs before it is thrown away.
function withPicture(panel, type, use) {
  const palette = colors();
  const box = h('div', { style: { width: `${PICTURE.width}px`, height: `${PICTURE.height}px`, position: 'fixed', left: '-10000px', top: '0' } });
  document.body.append(box);
  const chart = window.echarts.init(box, null, { renderer: type === 'svg' ? 'svg' : 'canvas', ...PICTURE, devicePixelRatio: PNG_SCALE });
  try {
    const picture = panel.view.exportOptions?.(PICTURE.width) ?? tablePicture(panel.view.table(), palette);
    const { options } = picture;
    chart.setOption({
      ...options,
      animation: false,
      backgroundColor: palette.panel,
      ...(options.grid && { grid: { ...options.grid, top: HEAD + (options.grid.top ?? 0), bottom: (options.grid.bottom ?? 0) + 14 } }),
      graphic: [...caption(panel.spec, picture, palette), ...(options.graphic ?? [])],
    });
    return use(chart, palette);
  } finally {
    chart.dispose();
    box.remove();
  }
}

// What is no chart becomes a picture of its table, as far as it fits.
function tablePicture({ columns, rows }, palette) {
  const shown = columns.slice(0, TABLE_COLUMNS_MAX);
  const first = PICTURE.width * 0.3;
  const rest = (PICTURE.width - 28 - first) / Math.max(1, shown.length - 1);
  const room = Math.floor((PICTURE.height - HEAD - 30) / TABLE_LINE);
  const cell = (text, column, line, style) => {
    const right = column > 0;
    return {
      type: 'text', silent: true, left: right ? undefined : 14, x: right ? 14 + first + rest * column : undefined, y: HEAD + line * TABLE_LINE,
      style: { text: String(text ?? ''), fontFamily: palette.font, fontSize: 13, fill: palette.text, align: right ? 'right' : 'left', width: right ? rest - 8 : first - 8, overflow: 'truncate', ...style },
    };
  };
  const lines = rows.slice(0, rows.length > room ? room - 1 : room);
  const left = rows.length - lines.length;
  return { options: { graphic: [
    ...shown.map((column, index) => cell(column.label, index, 0, { fill: palette.muted, fontSize: 12 })),
    ...lines.flatMap((row, line) => shown.map((_, index) => cell(row[index]?.text, index, line + 1, {}))),
    ...(left > 0 ? [cell(`and ${left} more`, 0, lines.length + 1, { fill: palette.muted, fontSize: 12 })] : []),
  ] } };
}

function caption(panel, { legend = [], subtitle }, palette) {
  const { from, to } = range();
  const { where } = current();
  const line = (text, top, style) => ({ type: 'text', left: 14, top, silent: true, style: { text, fontFamily: palette.font, ...style } });
  const parts = [
    line(
      panel.title + (panel.unit && panel.unit !== '1' ? `  (${panel.unit === 'ratio' ? '%' : panel.unit})` : ''),
      12,
      { fill: palette.text, fontSize: 16, fontWeight: 600 },
    ),
    line([subtitle, `${formatSpan(from, to, zone())} ${zone()}`, where].filter(Boolean).join('   \u00b7   '),
      34,
      { fill: palette.muted, fontSize: 12, width: WIDTH - 28, overflow: 'truncate' },
    ),
  ];
  let x = 14;
  for (const { name, color } of legend) {
    if (x > WIDTH - 120) break;
    const label = name.length > 28 ? `${name.slice(0, 27)}\u2026` : name;
    parts.push({ type: 'rect', left: x, top: 56, shape: { width: 10, height: 10, r: 2 }, style: { fill: color } });
    parts.push({ type: 'text', left: x + 15, top: 55, style: { text: label, fill: palette.text, fontSize: 12, fontFamily: palette.font } });
    x += 34 + label.length * 6.6;
  }
  parts.push({ type: 'text', right: 14, top: 12, style: { text: 'Gatewatch', fill: palette.muted, fontSize: 11, fontFamily: palette.font } });
  return parts;
}

function blobOf(address) {
  const [head, body] = [address.slice(0, address.indexOf(',')), address.slice(address.indexOf(',') + 1)];
  const type = /data:([^;,]+)/.exec(head)[1];
  if (!head.includes(';base64')) return new Blob([decodeURIComponent(body)], { type });
  return new Blob([Uint8Array.from(atob(body), (character) => character.charCodeAt(0))], { type });
}
