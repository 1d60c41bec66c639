// A panel as a file.

import { queryCSV } from './api.js';
import { h } from './dom.js';
import { panelPicture } from './pictures/panel-picture.js';
import { pngOf } from './pictures/raster.js';
import { toast } from './popover.js';
import { current, range, zone } from './router.js';
import { csvOf } from './table-csv.js';

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

/** Downloads the panel as `png` or `svg`. */
export async function exportPicture(panel, type) {
  try {
    const picture = await panelPicture(panel);
    download(await fileOf(picture, type), fileName(panel.spec.id, type));
  } catch (error) {
    toast(`The picture failed: ${error.message}`);
  }
}

/** A picture `{width, height, svg}` as a file of `type`: `png` or `svg`. */
export function fileOf(picture, type, scale = PNG_SCALE) {
  return type === 'svg' ? new Blob([picture.svg], { type: 'image/svg+xml' }) : pngOf(picture, scale);
}
