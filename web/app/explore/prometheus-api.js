// The Prometheus HTTP API from the page's side (docs/reference/prometheus-api.md), and what Gatewatch adds to it.

import { ApiError } from '../api.js';

/** Milliseconds after which an answer is no longer waited for: the server's own limit is two minutes. */
const PATIENCE_MS = 130_000;

async function ask(path, parameters, { signal, method = 'GET' } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) for (const one of [value].flat()) if (one !== undefined && one !== null) form.append(name, one);
  let response;
  try {
    response = await fetch(method === 'GET' ? `${path}?${form}` : path, {
      method, signal: signal ? AbortSignal.any([signal, patience]) : patience, ...(method === 'POST' && { body: form }),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError({ code: 'unreachable', message: error.name === 'TimeoutError' ? 'The server did not answer in time.' : 'The server cannot be reached.' });
  }
  let body = null;
  try { body = await response.json(); } catch { body = null; }
  if (body?.status === 'success') return body;
  const own = typeof body?.error === 'object' ? body.error : null;
  throw new ApiError(own ?? { code: body?.errorType ?? 'internal', message: body?.error ?? `The server answered ${response.status}.` }, response.status);
}

/** The answer to an expression at one instant (ms): `{data, warnings?, infos?}`. */
export function instantQuery(query, time, signal) {
  return ask('/api/v1/query', { query, time: time / 1000 }, { signal, method: 'POST' });
}

/** The answer to an expression over a grid `{start, end, step}` (ms, ms, s). */
export function rangeQuery(query, { start, end, step }, signal) {
  return ask('/api/v1/query_range', { query, start: start / 1000, end: end / 1000, step }, { signal, method: 'POST' });
}

/** Metric families with type and help: `{name: [{type, help, unit}]}`. */
export async function fetchMetadata(signal) {
  return (await ask('/api/v1/metadata', {}, { signal })).data;
}

/** Names of metrics. */
export async function fetchMetrics(signal) {
  return (await ask('/api/v1/label/__name__/values', {}, { signal })).data;
}

/** Names of the labels of a metric, of all where none is given. */
export async function fetchLabels(metric, signal) {
  return (await ask('/api/v1/labels', metric ? { 'match[]': metric } : {}, { signal })).data;
}

/** Values of a label of a metric. */
export async function fetchValues(label, metric, signal) {
  return (await ask(`/api/v1/label/${encodeURIComponent(label)}/values`, { ...(metric && { 'match[]': metric }), limit: 200 }, { signal })).data;
}

/** The functions of PromQL: `[{name, signature, help}]`. */
export async function fetchFunctions(signal) {
  return (await ask('/api/v1/promql/functions', {}, { signal })).data;
}

/** The expression in the usual layout. */
export async function formatQuery(query) {
  return (await ask('/api/v1/format_query', { query }, { method: 'POST' })).data;
}

/** The records behind a point: `{selectors: [{selector, filter?, from?, to?, records?, note?}]}`. */
export async function explainPoint({ query, time, metric }, signal) {
  return (await ask('/api/v1/explain', { query, time: time / 1000, labels: JSON.stringify(metric) }, { signal })).data;
}
