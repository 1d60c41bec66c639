// Snapshots: the answers of all panels kept on the server, and a page that shows them without asking anything.

import { getJSON, sendJSON } from '../api.js';
import { loadedPanels } from '../page-export.js';
import { current, hrefOf, range } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { keepFrozen } from './frozen.js';

const PATH = '/api/v1/snapshots';

/** Keeps the figures of the page as they are now; gives the address of the snapshot. */
export async function takeSnapshot(title, expires) {
  const panels = (await loadedPanels()).filter((panel) => panel.answers && !panel.error);
  if (panels.length === 0) throw new Error('There are no figures to keep.');
  const { from, to } = range();
  const search = new URL(hrefOf({ ...absoluteRange(from, to), open: '', full: '', span: '', measure: '', within: '', snapshot: '', view: 'analytics' }), location.origin).search;
  const answers = Object.fromEntries(panels.map((panel) => [panel.spec.id, panel.answers]));
  const { url } = await sendJSON('POST', PATH, { title, search: search || '?', dashboard: dashboardOf(panels), answers, expires });
  return url;
}

// Only what can be shown again: panels that ask by themselves have no answers to keep.
function dashboardOf(panels) {
  return { id: current().page, title: document.title.replace(' \u00b7 Gatewatch', ''), variables: [], sections: sectionsOf(panels) };
}

// One section per run of panels that stand together on the page.
function sectionsOf(panels) {
  const sections = [];
  for (const panel of panels) {
    const host = panel.element.closest('.section-panels');
    const last = sections[sections.length - 1];
    const spec = { ...panel.spec, ...(panel.spec.query && { query: { ...panel.spec.query } }) };
    if (last?.host === host) last.panels.push(spec);
    else sections.push({ host, id: host?.id.replace(/^section-/, '') || `part-${sections.length}`, layout: host?.classList.contains('stats') ? 'stats' : 'grid', panels: [spec] });
  }
  return sections.map(({ id, layout, panels: some }) => ({ id, layout, panels: some }));
}

/** Fetches a snapshot and makes its answers the ones that panels get: `{title, search, dashboard, created, expires}`. */
export async function openSnapshot(id) {
  const snapshot = await getJSON(`${PATH}/${encodeURIComponent(id)}`);
  keepFrozen(snapshot.answers);
  return snapshot;
}

/** The snapshots that this server keeps, newest first as it lists them. */
export async function listSnapshots() {
  return (await getJSON(PATH)).snapshots;
}

/** Removes a snapshot. */
export function removeSnapshot(id) {
  return sendJSON('DELETE', `${PATH}/${encodeURIComponent(id)}`);
}
