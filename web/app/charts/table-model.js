// A table of groups or of series: what is asked for a page of it in an order, and its rows from the answers. Pure.

import { groupClause } from '../answer.js';
import { nameOf } from '../batch-plan.js';
import { bucketQuery, comparedQuery, wholeQuery } from '../queries.js';
import { drawable } from '../series/series-answer.js';
import { instantQuestion, rangeQuestion } from '../series/series-queries.js';

/** Rows of a page where the panel does not say. */
export const ROWS_STANDARD = 15;
/** Groups of the time before that are looked through for those shown. */
const COMPARED_MAX = 2_000;
/** Pixels that a small line's points are reckoned for. */
const SPARK_PIXELS = 240;
/** Series that a column over series may have: a page's rows are looked up among them. */
const COLUMN_SERIES_MAX = 1_000;

/** The columns of a panel; without any, one for each measure or expression. */
export function columnsOf(spec) {
  if (spec.options.columns?.length) return spec.options.columns;
  if (spec.query) return spec.query.measures.map((measure) => ({ measure, title: nameOf(measure), unit: spec.unit }));
  return spec.promql.map(({ expr, legend }) => ({ expr, title: legend ?? expr, unit: spec.unit }));
}

/**
 * The order and the page that a choice of the URL means: `-2.3` is the third page, by the second column, largest first; column 0 is the name.
 * Columns over series cannot be ordered by the server while rows come from requests.
 * @returns {{column: number, descending: boolean, page: number}}  `column` is -1 for the panel's own order
 */
export function placeOf(option, columns, isOfRequests) {
  const match = /^(-?)(\d{1,2})(?:\.(\d{1,4}))?$/.exec(option ?? '');
  const column = match ? Number(match[2]) : -1;
  const page = match?.[3] ? Number(match[3]) - 1 : 0;
  const exists = column === 0 || (columns[column - 1] && !(isOfRequests && columns[column - 1].expr));
  return exists ? { column, descending: match[1] === '-', page: Math.max(0, page) } : { column: -1, descending: true, page: column === 99 ? Math.max(0, page) : 0 };
}

/** What ``placeOf`` reads; the panel's own order is column 99. */
export function optionOf({ column, descending, page }) {
  const own = column < 0;
  if (own && page === 0) return '';
  return `${descending && !own ? '-' : ''}${own ? 99 : column}${page > 0 ? `.${page + 1}` : ''}`;
}

/** What the table asks, by what for: `[{role, column?, query}]`. */
export function tableQuestions(spec, wish, place, pixels) {
  const columns = columnsOf(spec);
  if (!spec.query) return columns.map((column, index) => ({ role: 'column', index, query: column.spark ? rangeQuestion(column, wish, SPARK_PIXELS * 2, COLUMN_SERIES_MAX) : instantQuestion(column, wish, pixels, COLUMN_SERIES_MAX) }));
  const rows = spec.options.rows ?? spec.query.limit ?? ROWS_STANDARD;
  const query = { ...spec.query, measures: measuresOf(spec), order: orderOf(spec, columns, place), limit: rows, offset: place.page * rows, other: undefined };
  const asked = [{ role: 'rows', query: wholeQuery(query, wish) }];
  if (columns.some((column) => column.change)) asked.push({ role: 'before', query: comparedQuery({ ...query, limit: COMPARED_MAX, offset: undefined, order: undefined }, wish) });
  if (columns.some((column) => column.spark && column.measure)) asked.push({ role: 'sparks', query: bucketQuery({ ...query, every: undefined }, wish, SPARK_PIXELS) });
  for (const [index, column] of columns.entries()) if (column.expr) asked.push({ role: 'column', index, query: instantQuestion(column, wish, pixels, COLUMN_SERIES_MAX) });
  return asked;
}

/** The measures that are asked: the query's, and those that only a column names. */
function measuresOf(spec) {
  return [...new Set([...spec.query.measures, ...columnsOf(spec).filter((column) => column.measure).map((column) => measureOf(spec, column))])];
}

/** The measure that a column shows, in the query's words: a column may name it by what stands behind `as`. */
export function measureOf(spec, column) {
  return spec.query.measures.find((measure) => measure === column.measure || nameOf(measure) === column.measure) ?? column.measure;
}

function orderOf(spec, columns, { column, descending }) {
  if (column < 0) return spec.query.order;
  return `${descending ? '-' : ''}${column === 0 ? spec.query.by[0] : nameOf(measureOf(spec, columns[column - 1]))}`;
}

/**
 * The rows: `{keys, names, clause, labels, cells: [{value, before, spark}]}`, and how many there are in all.
 * @param {{role: string, index?: number}[]} asked  as ``tableQuestions`` gave them  @param {object[]} answers  in the same order
 */
export function tableRows(spec, asked, answers) {
  const columns = columnsOf(spec);
  const of = (role) => answers[asked.findIndex((item) => item.role === role)];
  const expressions = asked.map((item, at) => ({ ...item, answer: answers[at] })).filter((item) => item.role === 'column');
  if (!spec.query) return rowsOfSeries(columns, expressions);
  const fields = spec.query.by;
  const rows = of('rows');
  const before = of('before')?.rows ? keyed(of('before'), fields.length) : null;
  // Groups beyond the limit of the time before are not new: nothing is known of them.
  const knowsAll = before && of('before').groups_total <= before.size;
  const sparks = of('sparks')?.rows ? sparksOf(of('sparks'), fields.length) : null;
  const byLabel = new Map(expressions.map(({ index, answer }) => [index, valuesByLabel(answer, fields)]));
  const at = columns.map((column) => (column.measure ? fields.length + measuresOf(spec).indexOf(measureOf(spec, column)) : -1));
  return {
    total: rows.groups_total ?? rows.rows.length, fields, before: before ? { knowsAll } : null,
    rows: rows.rows.map((row) => {
      const keys = row.slice(0, fields.length);
      const key = JSON.stringify(keys);
      return {
        keys, clause: fields.map((field, index) => groupClause(field, keys[index], [])).filter(Boolean).join(' and '),
        cells: columns.map((column, index) => (at[index] < 0 ? { value: byLabel.get(index)?.get(keys[0]) ?? null } : {
          value: row[at[index]], before: before?.get(key)?.[at[index]], spark: (column.spark && sparks?.get(key)?.map((values) => values[at[index]])) || null,
        })),
      };
    }),
  };
}

function keyed(answer, count) {
  return new Map(answer.rows.map((row) => [JSON.stringify(row.slice(0, count)), row]));
}

// Rows of a bucketed answer start with their time; without it they are as those of the other.
function sparksOf(answer, count) {
  const courses = new Map();
  for (const [, ...row] of answer.rows) {
    const key = JSON.stringify(row.slice(0, count));
    if (!courses.has(key)) courses.set(key, []);
    courses.get(key).push(row);
  }
  return courses;
}

const LABELS_OF_FIELD = { provider: ['provider', 'gen_ai_provider_name'], model: ['model', 'gen_ai_request_model'], client: ['client', 'tenant'] };

function valuesByLabel(answer, fields) {
  const labels = LABELS_OF_FIELD[fields[0]] ?? [fields[0]];
  return new Map((answer?.series ?? []).map((series) => [labels.map((label) => series.labels[label]).find((value) => value !== undefined) ?? null, drawable(series.values[series.values.length - 1])]));
}

function rowsOfSeries(columns, expressions) {
  const rows = new Map();
  for (const { index, answer } of expressions) {
    for (const series of answer?.series ?? []) {
      const { __name__: _, ...labels } = series.labels;
      const key = JSON.stringify(Object.entries(labels).sort());
      if (!rows.has(key)) rows.set(key, { labels, cells: columns.map(() => ({ value: null })) });
      const values = series.values.map(drawable);
      rows.get(key).cells[index] = { value: values[values.length - 1], spark: columns[index].spark ? values : null };
    }
  }
  const fields = tellingLabels([...rows.values()].map((row) => row.labels));
  return { total: rows.size, fields, before: null, rows: [...rows.values()].map((row) => ({ ...row, keys: fields.map((field) => row.labels[field] ?? null), clause: '' })) };
}

// A label that is the same in every row tells nothing; a single row is told by all of its labels.
function tellingLabels(list) {
  const names = [...new Set(list.flatMap((labels) => Object.keys(labels)))].sort();
  const telling = list.length > 1 ? names.filter((name) => list.some((labels) => labels[name] !== list[0][name])) : names;
  return telling.length ? telling : names.slice(0, 1);
}

/** A page of rows that are all here, in the chosen order; the first column descending where none is chosen. */
export function pageOf(rows, { column, descending, page }, rowsPerPage) {
  const valueOf = (row) => (column === 0 ? row.keys.join(' ') : row.cells[Math.max(0, column - 1)].value);
  const sign = descending || column < 0 ? -1 : 1;
  const sorted = [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    return sign * (typeof x === 'string' ? x.localeCompare(y, 'en', { numeric: true }) : x - y);
  });
  return sorted.slice(page * rowsPerPage, (page + 1) * rowsPerPage);
}

/** The filter of the requests that a cell counts: those of its row, and what is inside `ratio(...)` and `count(...)`. */
export function cellClause(rowClause, measure) {
  const inside = /^(?:ratio|count)\((.*)\)(?:\sas\s\S+)?$/.exec(measure)?.[1] ?? '';
  const part = inside && /\bor\b/i.test(inside) ? `(${inside})` : inside;
  return [rowClause, part].filter(Boolean).join(' and ');
}

/** The order that shows the requests which make a measure large: by the field inside. */
export function cellSort(measure) {
  const field = /^(?:p[\d.]+|max|avg|median|sum|percentile)\((\w+)/.exec(measure)?.[1];
  return field ? `-${field}` : '-time';
}
