// Many panels ask for measures of the same records. Queries that differ only in their measures become one, so that a page of
// twenty panels costs the server a handful of scans. Pure.

/** The server's limit of measures in one question (docs/reference/http-api.md). */
const MEASURES_MAX = 32;

/** What makes two queries askable together: all but the measures, where no ranking depends on a measure. */
function kinKey(query) {
  if (query.promql || isRanked(query)) return JSON.stringify(query);
  return JSON.stringify({ ...query, measures: undefined });
}

/**
 * The plan for `queries`: the `queries` to send, and for each given one where to find its answer (`take(results)[index]`).
 * Each given query gets just its own columns, in its own order; where queries that share an answer list the same measures in
 * another order, the one sent first decides what is sent, not what each gets.
 */
export function planBatch(queries) {
  const sent = [];
  const places = new Map();
  const sources = queries.map((query) => {
    const key = kinKey(query);
    const measures = measuresOf(query);
    let place = places.get(key);
    if (place !== undefined && measures && new Set([...sent[place].measures, ...measures]).size > MEASURES_MAX) place = undefined;
    if (place === undefined) {
      place = sent.length;
      places.set(key, place);
      sent.push(measures ? { ...query, measures: [] } : query);
    }
    for (const measure of measures ?? []) {
      if (!sent[place].measures.includes(measure)) sent[place].measures.push(measure);
    }
    return place;
  });
  return { queries: sent, take: (results) => queries.map((query, index) => narrowed(results[sources[index]], query, sent[sources[index]])) };
}

// The measures to send, none for a question to series. Those that may share a question go without their names: two panels may
// call different measures the same. A ranking keeps them, its order may be by name.
function measuresOf(query) {
  if (query.promql) return null;
  return isRanked(query) ? query.measures : query.measures.map(withoutName);
}

function isRanked(query) {
  return Boolean(query.by?.length || query.limit || query.order);
}

// Columns are taken by position, not by name: a server may print a measure in its own words.
function narrowed(result, query, asked) {
  if (!result?.columns || query.promql || asked.measures.every((measure, index) => measure === query.measures[index])) return result;
  const groups = result.columns.length - asked.measures.length;
  const order = [...Array(groups).keys(), ...measuresOf(query).map((measure) => groups + asked.measures.indexOf(measure))];
  const columns = order.map((index, at) => (at < groups || !NAMED.test(query.measures[at - groups]) ? result.columns[index] : { ...result.columns[index], name: nameOf(query.measures[at - groups]) }));
  return { ...result, columns, rows: result.rows.map((row) => order.map((index) => row[index])) };
}

const NAMED = /\sas\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))$/;

function withoutName(measure) {
  return measure.replace(NAMED, '');
}

/** The column name of a measure: after `as`, else its own text. */
export function nameOf(measure) {
  const match = NAMED.exec(measure);
  return match ? match[2] ?? match[1].replace(/\\(.)/g, '$1') : measure;
}
