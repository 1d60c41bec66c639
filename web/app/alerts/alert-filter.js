// Which requests an alert is about, as far as its labels say. Pure.

import { both, fieldClause } from '../filter-text.js';

/** Labels of metric families that are fields of a request, with the field's name. */
const FIELDS = { provider: 'provider', model: 'model', client: 'client', tenant: 'client', operation: 'operation', route: 'route', error_type: 'error_type', status_code: 'status' };

/** The filter for requests with an alert's labels; empty where none of them is a field. */
export function filterOfLabels(labels) {
  return Object.entries(labels).filter(([name]) => FIELDS[name]).map(([name, value]) => fieldClause(FIELDS[name], [value])).reduce(both, '');
}
