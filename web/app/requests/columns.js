// The columns of the requests table: which there are, how a value of a field is written, and what is shown unless chosen otherwise.

import { formatInstant } from '../zone.js';
import { format } from '../format.js';
import { zone } from '../router.js';
import { fieldNamed } from '../fields.js';
import { valueName } from '../answer.js';

/** A column of its own: the parts of the duration as a bar. Sorted by the duration. */
export const TIMING = 'timing';

/** Shown unless the URL says otherwise. */
export const DEFAULT_COLUMNS = [
  'time',
  'status',
  'client',
  'provider',
  'model',
  'path',
  TIMING,
  'input_tokens',
  'output_tokens',
  'cost',
  'error_type',
];

/** Short heads; other fields are headed by their name. */
const HEADS = {
  time: 'Time', status: 'Status', client: 'Client', provider: 'Provider', model: 'Model', path: 'Endpoint', [TIMING]: 'Duration', input_tokens: 'In tok', output_tokens: 'Out tok', cost: 'Cost', error_type: 'Error',
};

/** The head of a column. */
export function headOf(column) {
  const words = column.replace(/_/g, ' ');
  return HEADS[column] ?? words[0].toUpperCase() + words.slice(1);
}

/** The field that a column is sorted by. */
export function sortFieldOf(column) {
  return column === TIMING ? 'duration' : column;
}

/** The fields to ask for to draw `columns`; a record's id always comes with it. */
export function fieldsFor(columns) {
  const fields = columns.filter((column) => column !== 'id').flatMap((column) => (column === TIMING ? [
    'duration',
    'ttft',
    'upstream_duration',
    'gateway_overhead',
  ] : [column]));
  return [...new Set(['time', 'status', 'error_type', ...fields])].join(',');
}

/** Whether a column holds numbers, which are set to the right. */
export function isNumeric(column) {
  return ['integer', 'number'].includes(fieldNamed(column)?.type) && column !== 'status';
}

/** Whether a value of the field makes a sensible filter of its own. */
export function isFilterable(name) {
  const field = fieldNamed(name);
  return field ? ['dimension', 'identifier'].includes(field.role) && name !== 'error_message' && name !== 'sequence' : false;
}

/** A value of a field as text. */
export function cellText(name, value) {
  if (value === null || value === undefined) return '';
  const field = fieldNamed(name);
  if (field?.type === 'time' || name === 'time') return formatInstant(Date.parse(value), zone(), 'ms');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && name !== 'status') return format(value, unitOf(field));
  return valueName(value);
}

function unitOf(field) {
  return { s: 's', USD: 'USD', By: 'By' }[field?.unit] ?? '1';
}
