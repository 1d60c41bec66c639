// What can be done with a panel: enlarge it, read it as a table, see its query, take it away as a file; and what it means.

import { openAnnotations } from './annotations/annotation-list.js';
import { getJSON } from './api.js';
import { nameOf } from './batch-plan.js';
import { explainOf } from './changes/measures.js';
import { exemplarField } from './charts/exemplars.js';
import { dashboardList } from './dashboards.js';
import { h, replace } from './dom.js';
import { exportCSV, exportJSON, exportPicture } from './export.js';
import { format } from './format.js';
import { icon } from './icons.js';
import { expressionsOf } from './grafana-panels.js';
import { hasPicture } from './pictures/panel-picture.js';
import { copyText, openDialog, openMenu, openPopover, toast } from './popover.js';
import { current, navigate, range } from './router.js';
import { openShare } from './share/share-dialog.js';
import { markSpan } from './spans.js';

/** Opens the menu of `panel` (a Panel of panel.js). */
export function openPanelMenu(anchor, panel) {
  const { spec } = panel;
  const state = current();
  const full = state.full === spec.id;
  const asTable = state.table.includes(spec.id);
  const picture = hasPicture(panel);
  const hasQueries = panel.lastQueries?.length > 0;
  openMenu(anchor, [
    { label: full ? 'Leave full screen' : 'Full screen', icon: 'full', detail: 'v', onclick: () => toggleFull(spec) },
    panel.view?.table && { label: asTable ? 'View as chart' : 'View as table', icon: 'table', detail: 'd', onclick: () => toggleTable(spec) },
    spec.chart === 'time' && { label: state.bare.includes(spec.id) ? 'Show the legend' : 'Hide the legend', icon: 'rows', detail: 'p l', onclick: () => toggleLegend(spec) },
    exemplarField(spec) && { label: state.examples.includes(spec.id) ? 'Hide the highest requests' : 'Show the highest requests', icon: 'list', onclick: () => toggleIn('examples', spec) },
    explainOf(spec.query) && { label: 'Explain this change', icon: 'swap', detail: 'w', onclick: () => explainPanel(panel) },
    { label: 'What it means', icon: 'info', onclick: () => openDescription(anchor, spec) },
    hasQueries && { label: 'View query', icon: 'code', detail: 'e', onclick: () => openQuery(panel) },
    { label: 'Share', icon: 'share', detail: 'p s', onclick: () => openShare(panel) },
    { label: 'Annotations', icon: 'note', detail: 'n', onclick: openAnnotations },
    '-',
    panel.hasData && (hasQueries || panel.view.table) && { label: 'Download CSV', icon: 'download', onclick: () => exportCSV(panel) },
    panel.answers && { label: 'Download JSON', icon: 'download', onclick: () => exportJSON(panel) },
    picture && { label: 'Download PNG', icon: 'image', onclick: () => exportPicture(panel, 'png') },
    picture && { label: 'Download SVG', icon: 'image', onclick: () => exportPicture(panel, 'svg') },
  ], { heading: spec.title });
}

/** Marks the page's range as the span whose difference to the time before is to be explained by the panel's measure. */
export function explainPanel({ spec }) {
  const explain = explainOf(spec.query);
  if (!explain) { toast('This panel measures nothing that values of requests explain'); return; }
  try { const { from, to } = range(); markSpan(from, to, explain); } catch (error) { toast(error.message); }
}

/** Hides the panel's legend, or shows it again. */
export function toggleLegend({ id }) {
  toggleIn('bare', { id });
}

// Puts the panel into a list of the state, or takes it out.
function toggleIn(key, { id }) {
  const list = current()[key];
  navigate({ [key]: list.includes(id) ? list.filter((other) => other !== id) : [...list, id] }, { replace: true });
}

/** Enlarges the panel over the page, or puts it back. */
export function toggleFull(spec) {
  navigate({ full: current().full === spec.id ? '' : spec.id });
}

/** Shows the panel's figures as a table, or as the chart again. */
export function toggleTable(spec) {
  toggleIn('table', spec);
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

/** Opens what the panel asks: for the API, as PromQL, and as the exports to Grafana and Kibana have it. */
export function openQuery(panel) {
  const { spec, lastQueries: queries } = panel;
  if (!queries?.length) { toast('This panel asks no questions of its own'); return; }
  const curl = (query) => {
    const body = JSON.stringify(query.measures ? query : { queries: [query] }).replace(/'/g, "'\\''");
    return `curl -s '${location.origin}/api/v1/${query.measures ? 'requests' : 'panels'}/query' -H 'Content-Type: application/json' -d '${body}'`;
  };
  const sections = queries.map((query, index) => h('section', {},
    h('h3', {}, `${queries.length > 1 ? `Query ${index + 1} of ${queries.length}: ` : ''}${query.promql ? 'PromQL' : query.measures.map(nameOf).join(', ')}`),
    query.promql && code(query.promql, 'PromQL'), code(JSON.stringify(query, null, 2), 'JSON'), code(curl(query), 'curl')));
  const exported = h('div', { 'aria-live': 'polite' });
  openDialog(`${spec.title}: query`, [
    h('p', { class: 'muted' }, 'What this panel asks, with the range, zone and filter of the page.'), sections, exported,
  ], { className: 'dialog-wide' });
  const inGrafana = dashboardList()?.find(({ id }) => id === current().page)?.exports?.includes('grafana');
  if (inGrafana && queries.some((query) => query.measures) && !current().snapshot) showExported(exported, spec);
}

// The same question as the Grafana export asks it: PromQL over the metric families. Where the export leaves the panel out there is none.
// It stands below the rest, so that nothing moves when it arrives.
async function showExported(host, spec) {
  try {
    const expressions = expressionsOf(await getJSON(`/api/v1/dashboards/${encodeURIComponent(current().page)}/export/grafana`), spec.title);
    if (expressions.length) replace(host, h('section', {}, h('h3', {}, 'As PromQL'), h('p', { class: 'muted' }, 'As the Grafana export asks it of the metric families.'), expressions.map((expression) => code(expression, 'PromQL'))));
  } catch { /* a page without an export has no other form */ }
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
