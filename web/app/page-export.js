// The whole page as files: a picture of all panels, their tables as CSV, their answers as JSON, or on paper.

import { download, fileName, fileOf, pageFacts, panelJSON } from './export.js';
import { pagePanels } from './panel-registry.js';
import { hasPicture, PICTURE, panelPicture } from './pictures/panel-picture.js';
import { inRows, svgPicture } from './pictures/svg-picture.js';
import { toast } from './popover.js';
import { demand } from './refresher.js';
import { current, range, zone } from './router.js';
import { csvOf } from './table-csv.js';
import { colors } from './theme.js';
import { formatSpan } from './zone.js';

/** How long panels further down are waited for. */
const PATIENCE_MS = 15_000;
const HEAD = 84;
const GAP = 16;

/** All panels of the page, once they have figures; those that do not come in time stay without. */
export async function loadedPanels() {
  const panels = pagePanels();
  const missing = () => panels.some((panel) => panel.kind.queries && !panel.hasData && !panel.error);
  if (missing()) {
    for (const panel of panels) panel.ahead = true;
    demand('new');
    for (const end = Date.now() + PATIENCE_MS; missing() && Date.now() < end;) await new Promise((resolve) => { setTimeout(resolve, 100); });
    for (const panel of panels) panel.ahead = false;
  }
  return panels;
}

function name(extension) {
  return fileName(current().page, extension);
}

/** Downloads questions and answers of all panels. */
export async function exportPageJSON() {
  const panels = await loadedPanels();
  const bundle = { title: document.title, ...pageFacts(), panels: panels.filter((panel) => panel.answers).map(panelJSON) };
  download(new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/json' }), name('json'));
}

/** Downloads the tables of all panels in one file, each under its title. */
export async function exportPageCSV() {
  const panels = (await loadedPanels()).filter((panel) => panel.hasData && panel.view.table && !panel.view.isEmpty());
  const text = panels.map((panel) => `${csvOf({ columns: [{ label: panel.spec.title }], rows: [] })}${csvOf(panel.view.table())}`).join('\r\n');
  download(new Blob([text], { type: 'text/csv' }), name('csv'));
}

/** Downloads one picture of all panels, two beside each other, as `png` or `svg`. */
export async function exportPagePicture(type) {
  const panels = (await loadedPanels()).filter(hasPicture);
  if (panels.length === 0) { toast('There is nothing to draw yet'); return; }
  try {
    const pictures = [];
    for (const panel of panels) pictures.push(await panelPicture(panel));
    download(await fileOf(pagePicture(pictures), type, 1), name(type));
  } catch (error) { toast(`The picture failed: ${error.message}`); }
}

function pagePicture(pictures) {
  const palette = colors();
  const width = 2 * PICTURE.width + 3 * GAP;
  const { places, height } = inRows(pictures.map((picture) => picture.height), { width: PICTURE.width, columns: 2, gap: GAP, top: HEAD });
  const { from, to } = range();
  const line = (text, y, size, fill, weight) => ({ kind: 'text', x: GAP, y, text, size, weight, fill, family: palette.font });
  const parts = [
    line(document.title, 36, 26, palette.text, '600'),
    line([`${formatSpan(from, to, zone())} ${zone()}`, current().where].filter(Boolean).join('   \u00b7   '), 64, 16, palette.muted),
    ...pictures.map(({ svg }, index) => ({ kind: 'picture', ...places[index], svg })),
  ];
  const background = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim();
  return { width, height, svg: svgPicture({ width, height, background, parts }) };
}

/** Opens the browser's print dialog with every panel loaded. */
export async function printPage() {
  await loadedPanels();
  print();
}
