// A panel as a picture or a file. Pictures are painted anew off the screen, with title, range and legend, at a size of their own.

import { queryCSV } from './api.js';
import { h } from './dom.js';
import { toast } from './popover.js';
import { current, range, zone } from './router.js';
import { colors } from './theme.js';
import { formatSpan } from './zone.js';

const WIDTH = 960;
const HEIGHT = 440;
const HEAD = 64;
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

function fileName(panel, extension) {
  const { from, to } = range();
  const day = (ms) => new Date(ms).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `gatewatch-${panel.id}-${day(from)}-${day(to)}.${extension}`;
}

/** Downloads the answer of a panel's first query as CSV. */
export async function exportCSV(panel, query) {
  try {
    download(await queryCSV(query), fileName(panel, 'csv'));
  } catch (error) {
    toast(`CSV failed: ${error.message}`);
  }
}

/** Downloads the panel as `png` or `svg`. `picture` is `{options, legend?, subtitle?}` as the chart gives it for a width. */
export function exportPicture(panel, picture, type) {
  const palette = colors();
  const box = h('div', { style: { width: `${WIDTH}px`, height: `${HEIGHT}px`, position: 'fixed', left: '-10000px', top: '0' } });
  document.body.append(box);
  const chart = window.echarts.init(box, null,
    { renderer: type === 'svg' ? 'svg' : 'canvas', width: WIDTH, height: HEIGHT, devicePixelRatio: PNG_SCALE },
  );
  try {
    const { options } = picture;
    chart.setOption({
      ...options,
      backgroundColor: palette.panel,
      grid: { ...options.grid, top: HEAD + (options.grid?.top ?? 0), bottom: (options.grid?.bottom ?? 0) + 14 },
      graphic: caption(panel, picture, palette),
    });
    const data = chart.getDataURL({ type, pixelRatio: PNG_SCALE, backgroundColor: palette.panel });
    download(blobOf(data), fileName(panel, type));
  } catch (error) {
    toast(`The picture failed: ${error.message}`);
  } finally {
    chart.dispose();
    box.remove();
  }
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
