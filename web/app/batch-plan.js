// Many panels ask for measures of the same records. Queries that differ only in their measures become one, so that a page of
// twenty panels costs the server a handful of scans. Pure.

/** The server's limit of measures in one question (docs/reference/http-api.md). */
const MEASURES_MAX = 32;

/** What makes two queries askable together: all but the measures, where no ranking depends on a measure. */
function kinKey(query) {
  if (query.promql || query.by?.length || query.limit || query.order) return JSON.stringify(query);
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
    let place = places.get(key);
    if (place !== undefined && !query.promql && new Set([...sent[place].measures, ...query.measures]).size > MEASURES_MAX) place = undefined;
    if (place === undefined) {
      place = sent.length;
      places.set(key, place);
      sent.push(query.promql ? query : { ...query, measures: [...query.measures] });
    }
    if (query.promql) return place;
    for (const measure of query.measures) {
      if (!sent[place].measures.includes(measure)) sent[place].measures.push(measure);
    }
    return place;
  });
  return { queries: sent, take: (results) => queries.map((query, index) => narrowed(results[sources[index]], query, sent[sources[index]])) };
}

// Columns are taken by position, not by name: a server may print a measure in its own words.
function narrowed(result, query, asked) {
  if (!result?.columns || query.promql || asked.measures.every((measure, index) => measure === query.measures[index])) return result;
  const groups = result.columns.length - asked.measures.length;
  const order = [...Array(groups).keys(), ...query.measures.map((measure) => groups + asked.measures.indexOf(measure))];
  return { ...result, columns: order.map((index) => result.columns[index]), rows: result.rows.map((row) => order.map((index) => row[index])) };
}

/** The column name of a measure: after `as`, else its own text. */
export function nameOf(measure) {
  const match = /\sas\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))$/.exec(measure);
  return match ? match[2] ?? match[1].replace(/\\(.)/g, '$1') : measure;
}
