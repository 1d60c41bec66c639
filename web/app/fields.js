// The fields of a record as the server describes them, with their most frequent values: for completion, choices and labels.

import { fetchFields, query } from './api.js';
import { introduce } from './palette.js';
import { current, zone } from './router.js';

/** Values fetched per field at the start. */
const TOP = 50;
/** A list older than this is fetched again when it is next needed: new models and clients appear while a page stays open. */
const FRESH_MS = 60_000;
/** Fields whose values get a colour before any chart meets them. */
const COLORED = ['provider', 'model', 'client', 'path', 'operation', 'finish_reason', 'error_type'];
/** Fields with few numeric or truth values: the dictionaries do not hold them, a count does. */
const COUNTED = new Set(['status', 'stream', 'tool_called']);

let list = [];
let byName = new Map();
let fetchedAt = 0;
let pending = null;

/** All fields, in the server's order; empty until the first answer. */
export function allFields() {
  return list;
}

/** What is known of the field `name`: `{name, type, role, unit, summary, values}`; undefined for an unknown one. */
export function fieldNamed(name) {
  return byName.get(name);
}

/** Fetches the fields unless they are fresh; resolves to them. */
export function loadFields() {
  if (hasValues() && Date.now() - fetchedAt < FRESH_MS) return Promise.resolve(list);
  pending ??= fetchFields({ top: TOP }).then((fields) => {
    list = fields;
    byName = new Map();
    for (const field of fields) {
      for (const alias of [field.attribute, ...(field.aliases ?? [])]) if (alias && !byName.has(alias)) byName.set(alias, field);
    }
    for (const field of fields) byName.set(field.name, field);
    for (const name of COLORED) introduce(name, (byName.get(name)?.values ?? []).slice(0, 24).map((item) => item.value));
    fetchedAt = Date.now();
    return list;
  }).finally(() => { pending = null; });
  return pending;
}

// A store that has just been opened has no values yet; its first records are not to be waited for a minute.
function hasValues() {
  return list.some(({ values }) => values?.length > 0);
}

/** The most frequent values of `name` that begin with `prefix`: `{value, count}`, most frequent first. */
export async function valuesOf(name, prefix, signal) {
  const field = byName.get(name);
  if (!field) return [];
  if (COUNTED.has(field.name)) {
    const { from, to } = current();
    const answer = await query({ from, to, time_zone: zone(), measures: ['count'], by: [field.name], limit: 40 }, signal);
    return answer.rows.filter(([value]) => value !== null && String(value).startsWith(prefix)).map(([value, count]) => ({ value: String(value), count }));
  }
  const [found] = await fetchFields({ field: field.name, prefix, top: 30 }, signal);
  return found?.values ?? [];
}
