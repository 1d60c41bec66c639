// Saving dashboards, their versions and their differences (docs/reference/dashboards-api.md).

import { getJSON, request, sendJSON } from '../api.js';

const path = (id, rest = '') => `/api/v1/dashboards/${encodeURIComponent(id)}${rest}`;

/**
 * Saves a dashboard, as an object or as YAML text; resolves to `{id, version}`. Rejects with ApiError: status 409 when it is no longer
 * at `expected`, 400 with `faults` when it is wrong.
 */
export async function saveDashboard(id, dashboard, expected, message = '') {
  const isText = typeof dashboard === 'string';
  const response = await request(`${path(id)}${message ? `?${new URLSearchParams({ message })}` : ''}`, {
    method: 'PUT', headers: { 'Content-Type': isText ? 'application/yaml' : 'application/json', ...(expected !== null && { 'If-Match': `"${expected}"` }) },
    body: isText ? dashboard : JSON.stringify(dashboard),
  });
  return response.json();
}

/** Removes one's own dashboard; where it stood in place of a shipped one, that one is back. */
export async function removeDashboard(id, expected) {
  return (await request(path(id), { method: 'DELETE', headers: { 'If-Match': `"${expected}"` } })).json();
}

/** What is wrong with a dashboard: `[{line, column, key, message, hint}]`, none where it is right. */
export async function faultsOf(dashboard) {
  if (typeof dashboard !== 'string') return (await sendJSON('POST', '/api/v1/dashboards/check', dashboard)).faults;
  const response = await request('/api/v1/dashboards/check', { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: dashboard });
  return (await response.json()).faults;
}

/** The file's text, of now or of a version. */
export async function textOf(id, version) {
  return (await request(path(id, `?${new URLSearchParams({ format: 'yaml', ...(version !== undefined && { version }) })}`))).text();
}

/** `[{version, time, message, deleted}]`, newest first. */
export async function versionsOf(id) {
  return (await getJSON(path(id, '/versions'))).versions;
}

/** The difference of two versions as a unified diff; empty where they are the same. */
export async function differenceOf(id, from, to) {
  return (await request(path(id, `/diff?${new URLSearchParams({ from, to })}`))).text();
}

let schema = null;

/** What the file's keys may be: `{charts, units, optionsOf(chart)}`. */
export async function dashboardSchema() {
  if (schema) return schema;
  const { $defs: { panel } } = await getJSON('/api/v1/dashboards/schema');
  const options = new Map(panel.allOf.map((rule) => [rule.if.properties.chart.const, rule.then.properties.options.propertyNames.enum]));
  schema = { charts: panel.properties.chart.enum, units: panel.properties.unit.enum.filter((unit) => typeof unit === 'string'), optionsOf: (chart) => options.get(chart) ?? [] };
  return schema;
}
