// The dashboards of this server: the list for the navigation, and each one's panels as its file says (docs/formats/dashboard.md),
// with what files may leave out filled in.

import { getJSON } from './api.js';

/** Columns of a panel where its file does not say. */
const WIDTH = { grid: 6, stats: 2 };

let list = null;
let listError = null;
const listeners = new Set();

/** The dashboards in the order of the navigation, null before the first answer. */
export function dashboardList() {
  return list;
}

/** Why there is no list, null where there is one. */
export function dashboardListError() {
  return listError;
}

/** Calls `listener` when the list changes; returns how to stop. */
export function onDashboards(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks for the list anew. */
export async function loadDashboards() {
  try {
    const next = (await getJSON('/api/v1/dashboards')).dashboards;
    listError = null;
    if (JSON.stringify(next) === JSON.stringify(list)) return;
    list = next;
  } catch (error) {
    listError = error;
  }
  for (const listener of [...listeners]) listener();
}

let ahead = null;

/** Asks for a dashboard before its page is made; the first `loadDashboard` of it takes the answer. */
export function loadAhead(id) {
  const answer = getJSON(`/api/v1/dashboards/${encodeURIComponent(id)}`);
  // Its failure is told to who takes it.
  answer.catch(() => {});
  ahead = { id, answer };
}

/** One dashboard, ready for PageView. Throws ApiError where there is none of that name. */
export async function loadDashboard(id, parameters = {}) {
  const early = ahead;
  ahead = null;
  if (early?.id === id && Object.keys(parameters).length === 0) return completed(await early.answer);
  return completed(await getJSON(`/api/v1/dashboards/${encodeURIComponent(id)}`, parameters));
}

/** A dashboard with the parts that its file left out. */
export function completed(dashboard) {
  const sections = (dashboard.sections ?? []).map((section) => {
    const layout = section.layout ?? 'grid';
    return { ...section, layout, panels: section.panels.map((panel) => completedPanel(panel, layout)) };
  });
  return { tags: [], ...dashboard, variables: (dashboard.variables ?? []).map((variable) => ({ label: variable.name, ...variable })), sections, ...(dashboard.records && { records: completedPanel(dashboard.records, 'grid') }) };
}

/** A panel with the parts that its file left out. */
export function completedPanel(panel, layout = 'grid') {
  return {
    unit: '1', width: WIDTH[layout], description: {}, ignores: [], ...panel,
    options: panel.options ?? {},
    ...(panel.query && { query: { measures: ['count'], ...panel.query } }),
  };
}

/** Whether any panel is about requests: then the page has the filter. */
export function asksRequests(dashboard) {
  return Boolean(dashboard.records) || dashboard.sections.some(({ panels }) => panels.some((panel) => !panel.promql?.length && panel.chart !== 'text'));
}
