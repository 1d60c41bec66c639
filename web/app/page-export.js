// The whole page as files: a picture of all panels, their tables as CSV, their answers as JSON, or on paper.

import { h } from './dom.js';
import { download, fileName, hasPicture, pageFacts, panelJSON, PICTURE, pictureCanvas } from './export.js';
import { pagePanels } from './panel-registry.js';
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
/** Browsers refuse canvases that are higher. */
const HEIGHT_MAX = 16_000;

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

/** Downloads one picture of all panels, two beside each other. */
export async function exportPagePNG() {
  const panels = (await loadedPanels()).filter(hasPicture);
  if (panels.length === 0) { toast('There is nothing to draw yet'); return; }
  const palette = colors();
  const rows = Math.ceil(panels.length / 2);
  const height = Math.min(HEIGHT_MAX, HEAD + rows * (PICTURE.height + GAP) + GAP);
  const canvas = h('canvas', { width: String(2 * PICTURE.width + 3 * GAP), height: String(height) });
  const paper = canvas.getContext('2d');
  paper.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim();
  paper.fillRect(0, 0, canvas.width, canvas.height);
  const { from, to } = range();
  const write = (text, y, font, color) => { paper.font = `${font} ${palette.font}`; paper.fillStyle = color; paper.fillText(text, GAP, y, canvas.width - 2 * GAP); };
  write(document.title, 36, '600 26px', palette.text);
  write([`${formatSpan(from, to, zone())} ${zone()}`, current().where].filter(Boolean).join('   \u00b7   '), 64, '16px', palette.muted);
  try {
    for (const [index, panel] of panels.entries()) {
      paper.drawImage(pictureCanvas(panel, 1), GAP + (index % 2) * (PICTURE.width + GAP), HEAD + Math.floor(index / 2) * (PICTURE.height + GAP), PICTURE.width, PICTURE.height);
    }
  } catch (error) { toast(`The picture failed: ${error.message}`); return; }
  canvas.toBlob((blob) => { if (blob) download(blob, name('png')); else toast('The picture is too large for this browser'); });
}

/** Opens the browser's print dialog with every panel loaded. */
export async function printPage() {
  await loadedPanels();
  print();
}
