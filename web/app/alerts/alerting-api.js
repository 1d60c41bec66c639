// The APIs of rules, routing, incidents and deliveries from the page's side (docs/reference/alerting-api.md).

import { ApiError, getJSON, sendJSON } from '../api.js';

/** Groups of rules, with their alerts and how their evaluation went. */
export async function fetchRules(signal) {
  return (await getJSON('/api/v1/rules', {}, signal)).data.groups;
}

/** Alerts of our own rules that are pending or firing. */
export async function fetchActive(signal) {
  return (await getJSON('/api/v1/alerts', {}, signal)).data.alerts;
}

/** Alerts as routing sees them, those that are kept quiet too; none where alerting is switched off. */
export function fetchRouted(signal) {
  return whereSwitchedOn('/api/v2/alerts', {}, signal, []);
}

/** Silences, expired ones for some days too. */
export function fetchSilences(signal) {
  return whereSwitchedOn('/api/v2/silences', {}, signal, []);
}

/** Makes or changes a silence; gives its id. */
export async function saveSilence(silence) {
  return (await sendJSON('POST', '/api/v2/silences', silence)).silenceID;
}

/** Ends a silence now. */
export function expireSilence(id) {
  return sendJSON('DELETE', `/api/v2/silence/${encodeURIComponent(id)}`);
}

/** Incidents, newest first. */
export async function fetchIncidents(parameters, signal) {
  return (await whereSwitchedOn('/api/v1/incidents', parameters, signal, { incidents: [] })).incidents;
}

/** Per week: incidents, and the mean times to detect, acknowledge and resolve. */
export async function fetchIncidentStatistics(weeks, signal) {
  return (await whereSwitchedOn('/api/v1/incidents/statistics', { weeks }, signal, { weeks: [] })).weeks;
}

/** Acts on an incident: `acknowledge`, `assign`, `note`, `resolve`, `reopen`; gives the incident as it is then. */
export function actOnIncident(id, action, body) {
  return sendJSON('POST', `/api/v1/incidents/${encodeURIComponent(id)}/${action}`, body);
}

/** Messages that were sent or are waiting, newest first. */
export async function fetchDeliveries(parameters, signal) {
  return (await whereSwitchedOn('/api/v1/alerting/deliveries', parameters, signal, { deliveries: [] })).deliveries;
}

/** Receivers with how they fare. */
export async function fetchReceivers(signal) {
  return (await whereSwitchedOn('/api/v1/alerting/receivers', {}, signal, { receivers: [] })).receivers;
}

/** Sends a test message to a receiver. */
export function testReceiver(name) {
  return sendJSON('POST', `/api/v1/alerting/receivers/${encodeURIComponent(name)}/test`, {});
}

/** What the linter says of all rules that are loaded. */
export async function fetchFindings(signal) {
  return (await whereSwitchedOn('/api/v1/rules/lint', {}, signal, { findings: [] })).findings;
}

/** A rule replayed over the past. */
export function backtest(body, signal) {
  return sendJSON('POST', '/api/v1/rules/backtest', body, signal);
}

/** Objectives with their budgets. */
export async function fetchObjectives(signal) {
  return (await whereSwitchedOn('/api/v1/objectives', {}, signal, { objectives: [] })).objectives;
}

const switchedOff = new Set();

// A part of alerting that is switched off is no error of the page, and is not asked for again.
async function whereSwitchedOn(path, parameters, signal, nothing) {
  if (switchedOff.has(path)) return nothing;
  try { return await getJSON(path, parameters, signal); } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    switchedOff.add(path);
    return nothing;
  }
}
