// The annotations of a range: asked once for all charts of the page, and again when somebody changes one.

import { getJSON, sendJSON } from '../api.js';
import { spanOfAnnotation } from './kinds.js';

const PATH = '/api/v1/annotations';
/** Annotations written elsewhere are seen after this time. */
const KEPT_MS = 15_000;
/** The range asked for is widened to multiples of this, so that a range that follows the clock asks seldom. */
const GRID_MS = 60_000;

let kept = null;
const listeners = new Set();

/** Calls `listener` when an annotation was added, changed or removed here; returns how to stop. */
export function onAnnotations(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  kept = null;
  for (const listener of [...listeners]) listener();
}

/** The annotations between two instants (ms) as the server has them, by time. */
export async function fetchAnnotations({ from, to }) {
  const { annotations } = await getJSON(PATH, { from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  return annotations;
}

/** The annotations of a range as charts draw them; shared by charts that ask for the same range. */
export function annotationSpans({ from, to }) {
  const start = Math.floor(from / GRID_MS) * GRID_MS;
  const end = Math.ceil(to / GRID_MS) * GRID_MS;
  const key = `${start} ${end}`;
  if (kept?.key === key && Date.now() - kept.at < KEPT_MS) return kept.answer;
  const answer = fetchAnnotations({ from: start, to: end }).then((list) => list.map(spanOfAnnotation));
  kept = { key, at: Date.now(), answer };
  return answer;
}

/** Writes an annotation; `id` null makes a new one. */
export async function saveAnnotation(id, annotation) {
  const saved = await sendJSON(id ? 'PUT' : 'POST', id ? `${PATH}/${encodeURIComponent(id)}` : PATH, annotation);
  changed();
  return saved;
}

/** Removes an annotation. */
export async function removeAnnotation(id) {
  await sendJSON('DELETE', `${PATH}/${encodeURIComponent(id)}`);
  changed();
}
