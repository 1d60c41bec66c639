// The HTTP API (docs/reference/http-api.md) from the page's side: one function per route, errors as ApiError.

/** A refused or failed call. */
export class ApiError extends Error {
  /** @param {{code: string, message: string, field?: string, position?: {line: number, column: number}, hint?: string}} body */
  constructor(body, status = 0) {
    super(body.message);
    this.name = 'ApiError';
    this.code = body.code;
    this.field = body.field;
    this.position = body.position;
    this.hint = body.hint;
    this.status = status;
  }
}

/** Milliseconds after which an answer is no longer waited for; the server's own limit for a query is far below. */
const PATIENCE_MS = 30_000;

async function call(path, options = {}) {
  let response;
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    response = await fetch(path, { ...options, signal: options.signal ? AbortSignal.any([options.signal, patience]) : patience });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    if (error.name === 'TimeoutError') throw new ApiError({
      code: 'unreachable',
      message: `The server did not answer within ${PATIENCE_MS / 1000} seconds.`,
    });
    throw new ApiError({
      code: 'unreachable',
      message: 'The server cannot be reached.',
      hint: 'Is gatewatch running? The page reconnects by itself.',
    });
  }
  if (response.ok) return response;
  let body = null;
  try { body = await response.json(); } catch { body = null; }
  // The doors of Prometheus and Alertmanager say what is wrong in a text of their own.
  const error = typeof body === 'string' ? { code: 'refused', message: body } : typeof body?.error === 'string' ? { code: body.errorType ?? 'refused', message: body.error } : body?.error;
  throw new ApiError(error ?? { code: 'internal', message: `The server answered ${response.status}.` }, response.status);
}

/** A call with whatever method, headers and body; resolves to the response, rejects with ApiError. */
export function request(path, options = {}) {
  return call(path, options);
}

/** The JSON at a path. */
export async function getJSON(path, parameters = {}, signal) {
  return (await call(`${path}${search(parameters)}`, { signal })).json();
}

/** Sends JSON by `method` and gives the JSON of the answer, null where it has none. */
export async function sendJSON(method, path, body, signal) {
  const response = await call(path, { method, headers: { 'Content-Type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }), signal });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

function post(path, body, signal) {
  return call(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
}

function search(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
}

/** The most queries in one batch. */
export const BATCH_MAX = 50;

/**
 * The answers to `queries` to requests or series, in order; an element is an ApiError where that query failed.
 * @param {import('./known-answers.js').KnownAnswers} known  what was answered before
 */
export async function queryPanels(queries, known, signal) {
  const response = await post('/api/v1/panels/query', { queries: queries.map((query) => known.mark(query)) }, signal);
  const { results } = await response.json();
  return results.map((result, index) => (result.error ? new ApiError(result.error, 200) : known.take(queries[index], result)));
}

/** The answers to `queries` to requests, in order; an element is an ApiError where that query failed. */
export async function queryBatch(queries, signal) {
  const { results } = await (await post('/api/v1/requests/query', { queries }, signal)).json();
  return results.map((result) => (result.error ? new ApiError(result.error, 200) : result));
}

/** The answer to one query. */
export async function query(body, signal) {
  return (await post('/api/v1/requests/query', body, signal)).json();
}

/** The answer to one query as CSV. */
export async function queryCSV(body) {
  return (await post('/api/v1/requests/query?format=csv', body)).blob();
}

/** Single records: `{records, next_cursor, ...}`. */
export async function fetchRecords(parameters, signal) {
  return (await call(`/api/v1/requests${search(parameters)}`, { signal })).json();
}

/** One record with all its fields. */
export async function fetchRecord(id, signal) {
  return (await call(`/api/v1/requests/${encodeURIComponent(id)}`, { signal })).json();
}

/** Where matching records can be downloaded. */
export function exportAddress(parameters) {
  return `/api/v1/requests/export${search(parameters)}`;
}

/** Fields with their most frequent values. */
export async function fetchFields(parameters, signal) {
  return (await (await call(`/api/v1/fields${search(parameters)}`, { signal })).json()).fields;
}

/** What came of what was sent in a range: `{total, sources, notes, ...}`. */
export async function fetchCompleteness(parameters, signal) {
  return (await call(`/api/v1/completeness${search(parameters)}`, { signal })).json();
}

/** The server's state: store, sources, prices. */
export async function fetchStatus(signal) {
  return (await call('/api/v1/status', { signal })).json();
}
