// What can be done with the page as a whole, in the head: compare, share, and a menu with the rest.

import { openAnnotations } from './annotations/annotation-list.js';
import { openCommands } from './command-palette.js';
import { dashboardList } from './dashboards.js';
import { h } from './dom.js';
import { editButton, startEditing } from './edit/entry.js';
import { icon } from './icons.js';
import { exportPageCSV, exportPageJSON, exportPagePicture, printPage } from './page-export.js';
import { openMenu } from './popover.js';
import { openCompare } from './range-picker.js';
import { current, onNavigate } from './router.js';
import { openShare, toggleKiosk } from './share/share-dialog.js';
import { isMarking, onSpan, setMarking } from './spans.js';

/** The buttons. */
export function pageTools() {
  const compare = h('button', { type: 'button', id: 'compare', class: 'icon-button', 'aria-haspopup': 'dialog', onclick: () => openCompare(compare) }, icon('swap'));
  const mark = h('button', { type: 'button', id: 'mark', class: 'icon-button', 'aria-label': 'Mark a span: what changed?', title: 'Mark a span: what changed?  m, or Alt and drag', onclick: () => setMarking(!isMarking()) }, icon('flag'));
  const draw = () => {
    const { compare: chosen, overlay } = current();
    compare.title = `Compared with ${{ off: 'nothing', period: 'the previous period', day: 'a day before', week: 'a week before' }[chosen]}${overlay ? ', on every chart' : ''}  c`;
    compare.ariaLabel = compare.title;
    compare.classList.toggle('on', overlay === 'all' && chosen !== 'off');
    mark.setAttribute('aria-pressed', String(isMarking()));
  };
  onNavigate((_, changed) => { if (changed.has('compare') || changed.has('overlay')) draw(); });
  onSpan(draw);
  draw();
  return h('div', { class: 'bar-tools page-tools' }, compare, mark, editButton(),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Share', title: 'Share  s', onclick: () => openShare() }, icon('share')),
    h('button', { type: 'button', id: 'page-menu', class: 'icon-button', 'aria-label': 'Menu of the page', 'aria-haspopup': 'menu', title: 'Menu of the page', onclick: (event) => openPageMenu(event.currentTarget) }, icon('more')));
}

function openPageMenu(anchor) {
  openMenu(anchor, [
    { label: 'Find and do', icon: 'search', detail: 'Ctrl K', onclick: openCommands },
    { label: 'Compare with', icon: 'swap', detail: 'c', onclick: () => openCompare(anchor) },
    { label: 'Mark a span: what changed?', icon: 'flag', detail: 'm', onclick: () => setMarking(true) },
    { label: 'Annotations', icon: 'note', detail: 'n', onclick: openAnnotations },
    { label: 'Share, snapshot', icon: 'share', detail: 's', onclick: () => openShare() },
    { label: 'Kiosk: panels alone', icon: 'screen', detail: 'K', onclick: toggleKiosk },
    '-',
    { label: 'Edit this page', icon: 'note', detail: 'E', onclick: startEditing },
    { label: 'New page', icon: 'plus', onclick: async () => (await import('./edit/new-page.js')).openNewPage() },
    '-',
    { label: 'Picture of the page (PNG)', icon: 'image', onclick: () => exportPagePicture('png') },
    { label: 'Picture of the page (SVG)', icon: 'image', onclick: () => exportPagePicture('svg') },
    { label: 'Tables of the page (CSV)', icon: 'download', onclick: exportPageCSV },
    { label: 'Answers of the page (JSON)', icon: 'download', onclick: exportPageJSON },
    { label: 'Print', icon: 'download', onclick: printPage },
    ...exportItems(),
  ], { heading: 'This page' });
}

// This page for those who stay with Grafana or Kibana, where its file says that the export makes sense.
function exportItems() {
  const exports = dashboardList()?.find(({ id }) => id === current().page)?.exports ?? [];
  return exports.length === 0 ? [] : ['-', ...exports.map((name) => ({
    label: { grafana: 'For Grafana (JSON)', kibana: 'For Kibana (NDJSON)' }[name] ?? name, icon: 'open', href: `/api/v1/dashboards/${encodeURIComponent(current().page)}/export/${name}`,
  }))];
}
