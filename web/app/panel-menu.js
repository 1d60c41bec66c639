// What can be done with a panel: enlarge it, read it as a table, see its query, take it away as a file; and what it means.

import { nameOf } from './batch-plan.js';
import { h } from './dom.js';
import { exportCSV, exportPicture } from './export.js';
import { format } from './format.js';
import { icon } from './icons.js';
import { copyText, openDialog, openMenu, openPopover } from './popover.js';
import { current, hrefOf, navigate } from './router.js';

/** Opens the menu of `panel` (a Panel of panel.js). */
export function openPanelMenu(anchor, panel) {
  const { spec } = panel;
  const state = current();
  const full = state.full === spec.id;
  const asTable = state.table.includes(spec.id);
  const query = panel.lastQueries?.[0];
  const picture = panel.view?.exportOptions && panel.hasData;
  openMenu(anchor, [
    { label: full ? 'Leave full screen' : 'Full screen', icon: 'full', detail: 'v', onclick: () => toggleFull(spec) },
    panel.view?.table && { label: asTable ? 'View as chart' : 'View as table', icon: 'table', onclick: () => toggleTable(spec) },
    query && { label: 'View query', icon: 'code', onclick: () => showQuery(spec, panel.lastQueries) },
    { label: 'Copy link to this panel', icon: 'link', onclick: () => copyText(location.origin + hrefOf({ full: spec.id }), 'Link copied') },
    '-',
    query && { label: 'Download CSV', icon: 'download', onclick: () => exportCSV(spec, panel.csvQuery()) },
    picture && { label: 'Download PNG', icon: 'image', onclick: () => exportPicture(spec, panel.view.exportOptions(960), 'png') },
    picture && { label: 'Download SVG', icon: 'image', onclick: () => exportPicture(spec, panel.view.exportOptions(960), 'svg') },
  ], { heading: spec.title });
}

/** Enlarges the panel over the page, or puts it back. */
export function toggleFull(spec) {
  navigate({ full: current().full === spec.id ? '' : spec.id });
}

function toggleTable(spec) {
  const { table } = current();
  navigate({ table: table.includes(spec.id) ? table.filter((id) => id !== spec.id) : [...table, spec.id] }, { replace: true });
}

/** Opens what a panel means: its question, how it is computed, what to do. */
export function openDescription(anchor, spec) {
  const { question, description, thresholds } = spec;
  openPopover(anchor, h('div', { class: 'description' },
    h('h3', {}, question),
    description.formula && h('p', {}, description.formula),
    description.action && [h('h4', {}, 'What to do'), h('p', {}, description.action)],
    thresholds && h('p', { class: 'muted' }, thresholdText(spec))), { label: `About ${spec.title}`, className: 'popover-text' });
}

function thresholdText({ thresholds, unit }) {
  const parts = (limits, of, name = '') => ['warning', 'critical'].filter((level) => limits[level] !== undefined)
    .map((level) => `${name}${level} ${limits.below ? 'below' : 'above'} ${format(limits[level], of)}`);
  return `Thresholds: ${parts(thresholds, unit).join(', ')}.`;
}

function showQuery(spec, queries) {
  const sections = queries.map((query, index) => {
    const json = JSON.stringify(query, null, 2);
    const curl = `curl -s '${location.origin}/api/v1/requests/query' -H 'Content-Type: application/json' -d '${JSON.stringify(query).replace(/'/g, "'\\''")}'`;
    return h('section', {},
      queries.length > 1 && h('h3', {}, `Query ${index + 1} of ${queries.length}: ${query.measures.map(nameOf).join(', ')}`),
      code(json, 'JSON'),
      code(curl, 'curl'),
    );
  });
  openDialog(`${spec.title}: query`,
    [h('p', { class: 'muted' }, 'What this panel asks of POST /api/v1/requests/query, with the range, zone and filter of the page.'), sections],
    { className: 'dialog-wide' },
  );
}

/** Text to copy, with its button. */
export function code(text, label) {
  return h('div', { class: 'code' },
    h('div', { class: 'code-head' },
      h('span', {}, label),
      h('button', { type: 'button', class: 'button small', onclick: () => copyText(text, `${label} copied`) }, icon('copy'), 'Copy'),
    ),
    h('pre', { tabindex: '0' }, text),
  );
}
